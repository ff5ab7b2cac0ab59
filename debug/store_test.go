package debug_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

func TestStore(t *testing.T) {
	t.Parallel()
	store := newFakeStore("file", "/var/lib/app/sessions")
	store.inspection = check.Inspection{
		Facts:     map[string]string{"fs_type": "ext4", "mode": "0700"},
		Unchecked: map[string]string{"owner": "not on this system"},
	}
	a := newApp(t, config.Config{}, store)
	a.visit("/set?n=1", "")
	a.visit("/set?n=1", "")
	report := get[debug.StoreReport](a, 200, "/debug/store")
	if report.Status != debug.StatusOK || report.Kind != "file" || report.Address != "/var/lib/app/sessions" || report.Private || report.ID != a.sessions.Diagnostics().StoreID().String() {
		t.Errorf("%+v", report)
	}
	if report.Sessions == nil || *report.Sessions != (debug.Count{N: 2, Exact: true}) {
		t.Errorf("sessions: %+v", report.Sessions)
	}
	if report.Facts["fs_type"] != "ext4" || report.Unchecked["owner"] == "" || report.LatencyMS < 0 {
		t.Errorf("%+v", report)
	}
}

func TestMemoryStoreIsPrivate(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	if report := get[debug.StoreReport](a, 200, "/debug/store"); report.Kind != "memory" || !report.Private || report.Sessions == nil {
		t.Errorf("%+v", report)
	}
}

func TestCountIsBounded(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	store.endless = true
	a := newApp(t, config.Config{}, store, debug.WithCountTimeout(time.Millisecond))
	if report := get[debug.StoreReport](a, 200, "/debug/store"); report.Sessions == nil || *report.Sessions != (debug.Count{N: 7}) {
		t.Errorf("%+v", report.Sessions)
	}
	if page := a.do("GET", "/debug/store", asBrowser()).Body.String(); !strings.Contains(page, "more than") {
		t.Errorf("the page takes the number for exact: %s", page)
	}
	none := newApp(t, config.Config{}, store, debug.WithCountTimeout(0))
	if report := get[debug.StoreReport](none, 200, "/debug/store"); report.Sessions != nil {
		t.Errorf("%+v", report.Sessions)
	}
}

// plain is a store without any of the optional interfaces.
type plain struct{ driver.Store }

func TestPlainStore(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, plain{memstore.New(0)})
	if report := get[debug.StoreReport](a, 200, "/debug/store"); report.Kind != "debug_test.plain" || report.Sessions != nil || report.Status != debug.StatusOK {
		t.Errorf("%+v", report)
	}
	for _, path := range reports {
		if w := a.do("GET", path, asBrowser()); w.Code != 200 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// With the store down every report still answers, and says so.
func TestStoreDown(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	a := newApp(t, config.Config{RedisURL: config.NewSecret("redis://127.0.0.1:6379/0")}, store)
	cookie := a.visit("/login", "")
	down := errors.New("dial tcp 127.0.0.1:6379: connect: connection refused")
	store.broken.Store(&down)

	s := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie))
	if s.Session.Status != debug.StatusNotLoaded || !strings.Contains(s.Error, "connection refused") || s.Authenticated || s.Worker.PID == 0 {
		t.Errorf("session: %+v", s)
	}
	if c := s.Cookie; c == nil || c.Count != 1 || c.Key != c.OurKeys[0] || c.Store != c.OurStore {
		t.Errorf("cookie: %+v", c)
	}
	st := get[debug.StoreReport](a, http.StatusServiceUnavailable, "/debug/store", withCookie(cookie))
	if st.Status != debug.StatusError || !strings.Contains(st.Error, "connection refused") || !strings.Contains(st.Help, "REDIS_URL") || st.Sessions != nil {
		t.Errorf("store: %+v", st)
	}
	if s.Session.Reason != debug.ReasonStoreUnavailable || s.Session.Meaning == "" || s.Session.Fix != st.Help {
		t.Errorf("session: %+v", s.Session)
	}
	rd := get[debug.RedisReport](a, http.StatusServiceUnavailable, "/debug/redis", withCookie(cookie))
	if rd.Status != debug.StatusError || rd.Error != st.Error || rd.Help != st.Help || rd.Address == "" {
		t.Errorf("redis: %+v", rd)
	}
	ws := get[debug.WorkersReport](a, 200, "/debug/workers", withCookie(cookie))
	if ws.Error != st.Error || ws.Fix != st.Help || len(ws.Workers) != 1 || !ws.Workers[0].Self {
		t.Errorf("workers: %+v", ws)
	}
	c := get[debug.ConfigReport](a, 200, "/debug/config", withCookie(cookie))
	if c.Findings[0].ID != "store-unreachable" || len(c.Settings) == 0 {
		t.Errorf("config: %+v", c.Findings)
	}
	if p := ask[debug.Problem](a, http.StatusServiceUnavailable, "POST", "/debug/probe", withCookie(cookie)); p.Error == "" || p.Reason != debug.ReasonStoreUnavailable || p.Meaning != s.Session.Meaning || p.Fix != st.Help {
		t.Errorf("probe: %+v", p)
	}
	if o := get[debug.Overview](a, 200, "/debug/", withCookie(cookie)); o.Session.Error == "" || o.Store.Status != debug.StatusError {
		t.Errorf("overview: %+v", o)
	}
	if m := a.do("GET", "/debug/metrics").Body.String(); !strings.Contains(m, "sessionkit_store_up 0\n") || strings.Contains(m, "latency") {
		t.Errorf("metrics: %s", m)
	}
	for _, path := range reports {
		if w := a.do("GET", path, withCookie(cookie), asBrowser()); !strings.Contains(w.Header().Get("Content-Type"), "html") || w.Code == 500 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// Where the app goes on without the session, the report still says why.
func TestStoreDownAnonymous(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	a := newApp(t, config.Config{OnOutage: config.OutageAnonymous}, store)
	cookie := a.visit("/login", "")
	down := errors.New("connection refused")
	store.broken.Store(&down)
	r := get[debug.SessionReport](a, 200, "/debug/session", withCookie(cookie))
	if s := r.Session; s.Status != "outage" || s.Reason != debug.ReasonStoreUnavailable || s.Fix == "" || r.Error == "" || r.User != nil {
		t.Errorf("%+v, error %q", s, r.Error)
	}
	if r.Cookie == nil || r.Cookie.Key != r.Cookie.OurKeys[0] {
		t.Errorf("%+v", r.Cookie)
	}
}

// A cookie that this worker does not accept is explained without the store.
func TestStoreDownForeignKey(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	a := newApp(t, config.Config{}, store)
	down := errors.New("connection refused")
	store.broken.Store(&down)
	r := get[debug.SessionReport](a, 200, "/debug/session", withCookie(foreignCookie(t)))
	if r.Session.Reason != string(diagnose.ReasonForeignKey) || r.Error != "" {
		t.Errorf("%+v, error %q", r.Session, r.Error)
	}
}

// A store that hangs is waited for once by each endpoint, whatever it asks.
func TestStoreHangs(t *testing.T) {
	t.Parallel()
	for _, path := range append(reports, "/debug/metrics", "/debug/probe") {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := newFakeStore("redis", "127.0.0.1:6379/0")
				a := newApp(t, config.Config{Timeout: time.Second}, store)
				cookie := a.visit("/login", "")
				synctest.Wait()
				store.hung.Store(true)
				method := "GET"
				if path == "/debug/probe" {
					method = "POST"
				}
				begin := time.Now()
				w := a.do(method, path, withCookie(cookie))
				if took := time.Since(begin); took != time.Second {
					t.Errorf("took %v: %s", took, w.Body)
				}
			})
		})
	}
}

// A store that answers and refuses the list of workers is not one that is
// down.
func TestWorkersRefused(t *testing.T) {
	t.Parallel()
	store := newFakeStore("redis", "127.0.0.1:6379/0")
	refused := errors.New("NOPERM")
	store.refusesList.Store(&refused)
	a := newApp(t, config.Config{}, store)
	r := get[debug.WorkersReport](a, 200, "/debug/workers")
	if !strings.Contains(r.Error, "NOPERM") || strings.Contains(r.Fix, "start Redis") || !strings.Contains(r.Fix, "allow") || len(r.Workers) != 1 {
		t.Errorf("%+v", r)
	}
}
