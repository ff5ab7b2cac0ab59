package diagnose

import (
	"sync/atomic"
	"time"
)

// Buckets are the upper ends of a [Histogram]'s buckets, in seconds. What took
// longer than the last is in none of them, and in Count.
var Buckets = [...]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

// Histogram is how long something took, each time.
type Histogram struct {
	Count   uint64
	Sum     float64              // seconds
	Buckets [len(Buckets)]uint64 // how often it took no longer than that, those of the buckets before included
}

// Since is what has come on top of before.
func (h Histogram) Since(before Histogram) Histogram {
	h.Count, h.Sum = h.Count-before.Count, h.Sum-before.Sum
	for i := range h.Buckets {
		h.Buckets[i] -= before.Buckets[i]
	}
	return h
}

// Add is both together.
func (h Histogram) Add(other Histogram) Histogram {
	h.Count, h.Sum = h.Count+other.Count, h.Sum+other.Sum
	for i := range h.Buckets {
		h.Buckets[i] += other.Buckets[i]
	}
	return h
}

// Quantile is how long at most the share q of them took, in seconds: 0.99 for 99 of
// 100. Within a bucket it takes them to be spread evenly, as histogram_quantile of
// Prometheus does; of what took longer than the last bucket it knows no more than
// its end. It is 0 for none at all.
func (h Histogram) Quantile(q float64) float64 {
	rank, below, begin := q*float64(h.Count), uint64(0), 0.0
	for i, end := range Buckets {
		if n := h.Buckets[i]; n > below && float64(n) >= rank {
			return begin + (end-begin)*(rank-float64(below))/float64(n-below)
		}
		below, begin = h.Buckets[i], end
	}
	if h.Count == 0 {
		return 0
	}
	return begin
}

// histogram is a Histogram that is being added to.
type histogram struct {
	nanoseconds atomic.Int64
	in          [len(Buckets) + 1]atomic.Uint64 // of each bucket alone, the last for what took longer
}

func (h *histogram) add(took time.Duration) {
	i, seconds := 0, took.Seconds()
	for i < len(Buckets) && seconds > Buckets[i] {
		i++
	}
	h.in[i].Add(1)
	h.nanoseconds.Add(int64(took))
}

func (h *histogram) snapshot() (s Histogram) {
	s.Sum = time.Duration(h.nanoseconds.Load()).Seconds()
	for i := range h.in {
		if s.Count += h.in[i].Load(); i < len(s.Buckets) {
			s.Buckets[i] = s.Count
		}
	}
	return s
}
