package debug_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// The charts are there without a script, and say in words what they draw.
func TestCharts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, config.Config{}, memstore.New(0))
		if page := a.page("/debug/"); !strings.Contains(page, "They begin 5 seconds after") || strings.Contains(page, "<path") {
			t.Error(page)
		}
		ada := a.visit("/login", "")
		time.Sleep(20 * time.Millisecond) // so that no request comes at the very moment that is kept
		for i := range 180 {
			a.visit(fmt.Sprintf("/set?n=%d", i), ada)
			a.do("GET", "/debug/session", header("Cookie", "session=forged"))
			if i%2 == 0 {
				a.do("GET", "/debug/session", withCookie(foreignCookie(t)))
			}
			time.Sleep(time.Second)
		}
		page := a.page("/debug/")
		for _, want := range []string{
			`<section id="charts" data-worker="` + a.sessions.Diagnostics().Worker().ID,
			"this worker <b>1/s</b>", "all workers <b>1/s</b>", "malformed <b>1/s</b>", "foreign-key <b>0.5/s</b>", "all workers <b>1.5/s</b>",
			">this worker: 1/s in the last minute, at most 1/s.</desc>", ">malformed: 1/s in the last minute, at most 1.2/s; foreign-key: 0.5/s in the last minute, at most 0.6/s.</desc>",
			"this worker <b>0/s</b>", // conflicts
			"p50 <b>0.05 ms</b>",     // the middle of the first bucket: no time passes here
			"what 1 of 1 worker told",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("no %q in %s", want, page)
			}
		}
		var report debug.Overview
		if report = get[debug.Overview](a, 200, "/debug/"); *report.Workers.Activity.Rates != (worker.Rates{Loaded: 1, Saved: 1, Rejected: 1.5, P99: 0.000099}) {
			t.Errorf("%+v", report.Workers.Activity.Rates)
		}
		lines := regexp.MustCompile(`class="line l\d" d="(M[^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(lines) != 6+3+2*3 { // 3 charts have a second one, and a key for both
			t.Errorf("%d lines: %q", len(lines), lines)
		}
		points := regexp.MustCompile(`[ML]([0-9.]+) ([0-9.]+)`).FindAllStringSubmatch(lines[0][1], -1)
		if len(points) != 36 || points[0][1] != "212.5" || points[35][1] != "300.0" || points[20][2] != "0.0" {
			t.Errorf("%d points: %q", len(points), points)
		}

		time.Sleep(12 * time.Minute) // of which the first are over the edge
		if page = a.page("/debug/"); !strings.Contains(page, "this worker: 0/s in the last minute, at most 0/s.") || !strings.Contains(page, "p99: none in the last minute, at most 0 ms.") {
			t.Error(page)
		}
	})
}

// Reasons beyond the third share a line, so that they can be told apart.
func TestChartsOfManyReasons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, config.Config{}, memstore.New(0))
		ended := a.visit("/login", "")
		a.visit("/logout", ended)
		middle := len(ended) - 10
		other := "A"
		if ended[middle] == 'A' {
			other = "B"
		}
		edited := ended[:middle] + other + ended[middle+1:]
		for i, cookie := range []string{"forged", foreignCookie(t), ended, edited} {
			for range 5 - i {
				a.do("GET", "/debug/session", withCookie(cookie))
			}
		}
		time.Sleep(10 * time.Second)
		page := a.page("/debug/")
		for _, want := range []string{"malformed <b>", "foreign-key <b>", "other reasons <b>"} {
			if !strings.Contains(page, want) {
				t.Errorf("no %q in %s", want, page)
			}
		}
	})
}

// What others tell is told: the sum of all workers, and of how many it is.
func TestChartsOfAllWorkers(t *testing.T) {
	t.Parallel()
	a := newCrowd(t,
		func(w *worker.Info) {
			w.Activity = &worker.Activity{Rates: &worker.Rates{Loaded: 10, Saved: 5.5, P99: 0.2}}
		},
		func(w *worker.Info) {
			w.Activity = &worker.Activity{Rates: &worker.Rates{Loaded: 20, Rejected: 3, P99: 0.1}}
		},
		func(w *worker.Info) { w.Activity = &worker.Activity{} }, // of an earlier version
		func(w *worker.Info) { w.Activity = nil },
	)
	sum := get[debug.WorkersReport](a, 200, "/debug/workers").Activity.Rates
	if sum == nil || *sum != (worker.Rates{Loaded: 30, Saved: 5.5, Rejected: 3, P99: 0.2}) {
		t.Errorf("%+v", sum)
	}
}

// page is what a browser gets.
func (a *app) page(target string) string {
	a.t.Helper()
	w := a.do("GET", target, asBrowser())
	if w.Code != 200 {
		a.t.Errorf("%s: status %d", target, w.Code)
	}
	return w.Body.String()
}
