package debug

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// The box that lines are drawn in; the page stretches it.
const (
	chartWidth  = 300
	chartHeight = 60
)

// drawing is what the lines are drawn from, the oldest moment first.
type drawing struct{ moments []diagnose.Moment }

// isEmpty reports whether there is not a step to draw yet.
func (d drawing) isEmpty() bool {
	return len(d.moments) == 0 || d.moments[len(d.moments)-1].At.Sub(d.moments[0].At) < diagnose.HistoryStep
}

// chart draws lines below one upper edge.
func (d drawing) chart(id, name, about string, unit func(float64) string, all string, lines ...named) chart {
	top := 0.0
	values := make([][]point, len(lines))
	peaks := make([]float64, len(lines))
	for i, l := range lines {
		values[i] = d.points(l.of)
		for _, p := range values[i] {
			peaks[i] = max(peaks[i], p.y)
		}
		top = max(top, peaks[i])
	}
	top = roundUp(top)
	c := chart{ID: id, Name: name, About: about, Most: unit(top), All: all}
	for i, l := range lines {
		now := "none"
		if v, ok := l.of(d.minute(), d.moments[len(d.moments)-1]); ok {
			now = unit(v)
		}
		c.Lines = append(c.Lines, line{Name: l.name, Path: svgPath(values[i], top), Now: now, Peak: unit(peaks[i])})
	}
	return c
}

// point is a value at a time, from 0 for the oldest that is shown to 1 for now.
type point struct {
	x, y float64
	gap  bool // nothing is known of the time before it
}

// points are the steps between the moments, at their ends. What came a moment ago is
// left to the next step, or a single request would look like a storm.
func (d drawing) points(of quantity) (all []point) {
	now := d.moments[len(d.moments)-1].At
	gap := true
	for i, to := range d.moments[1:] {
		from := d.moments[i]
		if to.At.Sub(from.At) < diagnose.HistoryStep/2 {
			continue
		}
		v, ok := of(from, to)
		if x := 1 - now.Sub(to.At).Seconds()/diagnose.HistoryLength.Seconds(); ok && x >= 0 {
			all = append(all, point{x, v, gap})
		}
		gap = !ok
	}
	return all
}

// minute is the moment a minute ago, or the oldest.
func (d drawing) minute() diagnose.Moment {
	last := d.moments[len(d.moments)-1].At
	for _, at := range d.moments {
		if last.Sub(at.At) <= time.Minute+diagnose.HistoryStep/2 {
			return at
		}
	}
	return d.moments[0]
}

// svgPath draws points as SVG does. Each piece begins with a line of no length, which
// shows a point that stands alone.
func svgPath(points []point, top float64) string {
	var b strings.Builder
	for i, p := range points {
		step := "L"
		if p.gap || i == 0 {
			step = "M"
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", step, p.x*chartWidth, chartHeight*(1-p.y/top))
		if step == "M" {
			b.WriteString("h0")
		}
	}
	return b.String()
}

// roundUp is the next of 1, 2, 5, 10 and so on, 1 for nothing.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{1, 2, 5} {
		if v <= step*power {
			return step * power
		}
	}
	return 10 * power
}

// rate writes events per second with three digits.
func rate(v float64) string { return digits(v) + "/s" }

func inMilliseconds(seconds float64) string { return digits(1000*seconds) + " ms" }

func digits(v float64) string {
	places := 2
	switch {
	case v >= 100:
		places = 0
	case v >= 10:
		places = 1
	}
	return strconv.FormatFloat(math.Round(v*math.Pow10(places))/math.Pow10(places), 'f', -1, 64)
}
