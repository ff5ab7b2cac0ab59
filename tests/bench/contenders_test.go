package main

import (
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
	"github.com/gosessionkit/sessionkit/tests/bench/generator"
)

// TestMain lets the test binary be the children that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			exit(child(os.Args[2:]))
		}
	}
	if os.Getenv("GORACE") == "" {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // or each child sleeps for a second when it ends
	}
	os.Exit(m.Run())
}

// Every contender does in memory what the benchmarks measure.
func TestMemory(t *testing.T) {
	for _, c := range slices.Concat(app.All, app.Contexts, app.Shapes, app.Counted) {
		t.Run(c.Name(), func(t *testing.T) {
			a, err := c.Open(app.Storage{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if c.Limit {
				mustServe(t, a, "/plain", "")
				return
			}
			for _, b := range inMemory {
				cookie := ""
				if b.begin != "" {
					if cookie, err = newVisit(a, b.begin); err != nil {
						t.Fatal(err)
					}
				}
				mustServe(t, a, b.path, cookie)
			}
		})
	}
}

func mustServe(t *testing.T, a *app.App, path, cookie string) {
	t.Helper()
	serve, last := direct(a, path, cookie)
	serve()
	if status, _ := last(); status != http.StatusOK {
		t.Errorf("%s: status %d", path, status)
	}
}

// Every contender works over HTTP with Redis, and reads what it has written.
// sessionkit loses nothing and brings nothing back.
func TestRedis(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("redis-server is not installed")
	}
	ctx := t.Context()
	rs, err := startRedis(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rs.stop)
	gen, err := start(ctx, otherCore, "generator")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gen.stop)
	for _, c := range slices.Concat(app.All, app.Shapes) {
		t.Run(c.Name(), func(t *testing.T) {
			st, err := startSite(ctx, rs, c)
			if err != nil {
				t.Fatal(err)
			}
			defer st.stop()
			if st.cookies, err = begin(gen, st.addr, "/fill", 3); err != nil {
				t.Fatal(err)
			}
			for _, sc := range scenarios {
				job := generator.Job{Addr: st.addr, Path: sc.path, Cookies: st.cookies, Connections: 2, Requests: 10, Duration: time.Second}
				if r, err := load(gen, job); err != nil || r.Requests != 10 {
					t.Errorf("%s: %d requests, %v", sc.name, r.Requests, err)
				}
			}
			if c.Limit {
				return
			}
			v := newVisitor([]*server{st.server})
			a, err := v.ok(ctx, 0, "/read", st.cookies[0])
			if err != nil || len(a.body) != len("1000000000001") {
				t.Errorf("reading what was written gives %q, %v", a.body, err)
			}
			members, err := begin(gen, st.addr, beginnings[loggedIn], 2)
			if err != nil {
				t.Fatal(err)
			}
			users := map[string]bool{}
			for _, cookie := range members {
				key, err := v.ok(ctx, 0, "/read", cookie)
				if err != nil || key.body == "" {
					t.Errorf("a session that is logged in has no keys: %q, %v", key.body, err)
				}
				user, err := v.ok(ctx, 0, "/user", cookie)
				if users[user.body] = true; err != nil || user.body == "" {
					t.Errorf("logged in is %q, %v", user.body, err)
				}
			}
			if len(users) != len(members) {
				t.Errorf("%d sessions are of the users %v, want another one each", len(members), users)
			}
			o, err := tryLoss(ctx, rs, c, 40, 2)
			if err != nil {
				t.Fatal(err)
			}
			if c.Kit && (o.lost > 0 || o.back > 0 || o.told != 2) {
				t.Errorf("with several workers: %+v", o)
			}
			if c.Shape && (o.lost > 0 || o.back > 0) {
				t.Errorf("with several workers: %+v", o)
			}
		})
	}
}
