package diagnose_test

import (
	"math"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// of is a histogram of what took so many seconds each.
func of(took ...float64) (h diagnose.Histogram) {
	for _, seconds := range took {
		h.Count++
		h.Sum += seconds
		for i, end := range diagnose.Buckets {
			if seconds <= end {
				h.Buckets[i]++
			}
		}
	}
	return h
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		h       diagnose.Histogram
		q, want float64
	}{
		"none":                {of(), 0.99, 0},
		"one":                 {of(0.002), 0.5, 0.00175}, // the middle of 1 to 2.5 ms
		"the first bucket":    {of(0.00005, 0.00005), 0.5, 0.00005},
		"of two":              {of(0.002, 0.2), 0.5, 0.0025},
		"the slowest":         {of(0.002, 0.2), 1, 0.25},
		"beyond all":          {of(9, 9, 9), 0.99, 2.5},
		"some beyond all":     {of(0.002, 9, 9, 9), 0.99, 2.5},
		"since":               {of(0.002, 0.2, 0.2).Since(of(0.002)), 0.5, 0.175},
		"together":            {of(0.002).Add(of(0.2)), 1, 0.25},
		"none of it in front": {of(0.2, 0.2), 0, 0.1},
	} {
		if got := test.h.Quantile(test.q); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v, not %v", name, got, test.want)
		}
	}
}
