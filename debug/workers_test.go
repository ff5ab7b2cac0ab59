package debug_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// newCrowd is an app on a store in which it has announced itself; others are
// put beside it by altering a copy of what it says of itself.
func newCrowd(t *testing.T, others ...func(*worker.Info)) *app {
	t.Helper()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	a := newApp(t, config.Config{SecretKeyFallbacks: []config.Secret{config.NewSecret(otherKey)}}, store)
	<-store.announced
	for i, alter := range others {
		info := a.sessions.Diagnostics().Worker()
		info.ID, info.PID = fmt.Sprintf("%08x", i+1), 1000+i
		info.PIDSpace = "" // nobody can look whether they run
		alter(&info)
		store.add(t, info)
	}
	return a
}

func entryOf(t *testing.T, report debug.WorkersReport, pid int) debug.WorkerEntry {
	t.Helper()
	i := slices.IndexFunc(report.Workers, func(w debug.WorkerEntry) bool { return w.PID == pid && !w.Self })
	if i < 0 {
		t.Fatalf("no worker %d in %+v", pid, report.Workers)
	}
	return report.Workers[i]
}

func TestWorkersDiffer(t *testing.T) {
	t.Parallel()
	ours := config.Fingerprint{}.String()
	for name, tc := range map[string]struct {
		alter        func(*worker.Info)
		differs      []string
		here, accept bool
	}{
		"the same":       {func(*worker.Info) {}, []string{}, true, true},
		"another key":    {func(w *worker.Info) { w.Keys = []string{"deadbeef", w.Keys[1]} }, []string{"signing_key"}, false, false},
		"keys rotated":   {func(w *worker.Info) { w.Keys = []string{w.Keys[1], w.Keys[0]} }, []string{"signing_key", "fallback_keys"}, true, true},
		"no fallback":    {func(w *worker.Info) { w.Keys = w.Keys[:1] }, []string{"fallback_keys"}, true, true},
		"no keys":        {func(w *worker.Info) { w.Keys = nil }, []string{"signing_key", "fallback_keys"}, false, false},
		"store":          {func(w *worker.Info) { w.StoreID = ours }, []string{"store_id"}, true, true},
		"settings":       {func(w *worker.Info) { w.Config = "x" }, []string{"config"}, true, true},
		"mode":           {func(w *worker.Info) { w.Config, w.Mode = "y", "production" }, []string{"config", "mode"}, true, true},
		"version":        {func(w *worker.Info) { w.Version = "v9.9.9" }, []string{"version"}, true, true},
		"clock ahead":    {func(w *worker.Info) { w.Skew = 3 * time.Second }, []string{"clock"}, true, true},
		"clock behind":   {func(w *worker.Info) { w.Skew = -3 * time.Second }, []string{"clock"}, true, true},
		"clock a little": {func(w *worker.Info) { w.Skew = 900 * time.Millisecond }, []string{}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newCrowd(t, tc.alter)
			report := get[debug.WorkersReport](a, 200, "/debug/workers")
			entry := entryOf(t, report, 1000)
			if !slices.Equal(entry.Differs, tc.differs) || entry.AcceptedHere != tc.here || entry.AcceptsOurs != tc.accept {
				t.Errorf("%+v", entry)
			}
			if want := min(len(tc.differs), 1); report.Summary.Differing != want {
				t.Errorf("%+v", report.Summary)
			}
			page := a.do("GET", "/debug/workers", asBrowser()).Body.String()
			if marked := strings.Contains(page, `<tr class="differs">`); marked != (len(tc.differs) > 0) {
				t.Errorf("marked: %v: %s", marked, page)
			}
			if refused := strings.Contains(page, "its cookies are refused here"); refused == tc.here {
				t.Errorf("refused: %v", refused)
			}
		})
	}
}

func TestWorkersSummary(t *testing.T) {
	t.Parallel()
	a := newCrowd(t,
		func(w *worker.Info) { w.Host, w.Workers = "b", 5 },
		func(w *worker.Info) { w.Host, w.Keys, w.Version = "c", []string{"deadbeef"}, "v9" },
		func(w *worker.Info) { w.Host, w.Config = "c", "other" },
	)
	report := get[debug.WorkersReport](a, 200, "/debug/workers")
	want := debug.WorkersSummary{Count: 4, Expected: 5, Differing: 2, Hosts: 3, SigningKeys: 2, StoreIDs: 1, Configs: 2, Versions: 2}
	if report.Summary != want || !report.Registry || report.Self != a.sessions.Diagnostics().Worker().ID {
		t.Errorf("%+v", report)
	}
	selves := 0
	for _, w := range report.Workers {
		if w.Self {
			selves++
			if w.ID != report.Self || len(w.Differs) > 0 || w.LastBeatSeconds == nil || w.Framework != "net/http" {
				t.Errorf("self: %+v", w)
			}
		}
	}
	if selves != 1 {
		t.Errorf("%d selves", selves)
	}
}

// Clocks that are wrong do not make a beat look old: the store's decides.
func TestLastBeat(t *testing.T) {
	t.Parallel()
	a := newCrowd(t, func(w *worker.Info) {
		w.Skew = -time.Hour
		w.Clock = w.Clock.Add(-time.Hour - 4*time.Second)
		w.Started = w.Clock.Add(-90 * time.Second)
	})
	entry := entryOf(t, get[debug.WorkersReport](a, 200, "/debug/workers"), 1000)
	if age := *entry.LastBeatSeconds; age < 4 || age > 30 || entry.UptimeSeconds != 90+int64(age) || entry.SkewMS != -3_600_000 {
		t.Errorf("%v: %+v", age, entry)
	}
}

func TestNoRegistry(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	report := get[debug.WorkersReport](a, 200, "/debug/workers")
	if report.Registry || len(report.Workers) != 1 || !report.Workers[0].Self || report.Workers[0].LastBeatSeconds != nil {
		t.Errorf("%+v", report)
	}
}

func TestHundredWorkers(t *testing.T) {
	t.Parallel()
	var others []func(*worker.Info)
	for i := range 99 {
		others = append(others, func(w *worker.Info) { w.Host = fmt.Sprintf("host-%d.example", i%7) })
	}
	a := newCrowd(t, others...)
	page := a.do("GET", "/debug/", asBrowser()).Body.String()
	if n := strings.Count(page, "<th scope=\"row\"><span class=\"nowrap\">pid "); n != 100 {
		t.Errorf("%d rows", n)
	}
	if len(page) > 200<<10 {
		t.Errorf("the page has %d bytes", len(page))
	}
}
