//go:build unix

package moving

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/boj/redistore"
	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
	"github.com/gosessionkit/sessionkit/adapters/gorilla/gorillatest"
	kitscs "github.com/gosessionkit/sessionkit/adapters/scs"
	"github.com/gosessionkit/sessionkit/adapters/scs/scstest"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// What the suite of the kit's scs promises is what scs does.
func TestSuiteOnSCS(t *testing.T) {
	t.Parallel()
	scstest.Run(t, func(_ testing.TB, want scstest.Settings) scstest.Manager {
		m := scs.New()
		if want.Lifetime != 0 {
			m.Lifetime = want.Lifetime
		}
		if want.Cookie != "" {
			m.Cookie.Name = want.Cookie
		}
		m.IdleTimeout, m.Cookie.Persist = want.IdleTimeout, !want.UntilClosed
		return m
	})
}

// The same of gorilla's and redistore.
func TestSuiteOnRedistore(t *testing.T) {
	t.Parallel()
	addr := redistest.Start(t).Addr
	gorillatest.Run(t, func(t testing.TB) sessions.Store { return newRedistore(t, addr) }, true)
}

var key = []byte("secret-of-the-app-with-32-bytes!")

func newRedistore(t testing.TB, addr string) *redistore.RediStore {
	s, err := redistore.NewRediStore(10, "tcp", addr, "", "", key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Sessions of redistore are taken over, with the constructor of the same signature.
func TestRedistoreSessions(t *testing.T) {
	t.Parallel()
	addr := redistest.Start(t).Addr
	s, err := gorilla.NewRediStore(10, "tcp", addr, "", "", key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Configure = func(cfg *config.Config) { cfg.Mode, cfg.Store = config.Test, config.StoreRedis }
	cookie := ""
	visit := func(store sessions.Store, do func(ss *sessions.Session)) {
		t.Helper()
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: "app", Value: cookie})
		}
		ss, err := store.Get(r, "app")
		if err != nil {
			t.Fatal(err)
		}
		do(ss)
		if err := ss.Save(r, w); err != nil {
			t.Fatal(err)
		}
		cookie = w.Result().Cookies()[0].Value
	}
	visit(newRedistore(t, addr), func(ss *sessions.Session) { ss.Values["user"], ss.Values[5] = "ada", int64(7) })
	for range 2 {
		visit(s, func(ss *sessions.Session) {
			if ss.Values["user"] != "ada" || ss.Values[5] != int64(7) || ss.IsNew {
				t.Errorf("%v", ss.Values)
			}
		})
	}
}

// Sessions in the encoding of scs are read by the kit's codec, and the other way
// round.
func TestGobCodec(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	values := map[string]any{"a": 1, "b": "text", "c": []byte{1}}
	for _, codecs := range [][2]scs.Codec{{scs.GobCodec{}, kitscs.GobCodec{}}, {kitscs.GobCodec{}, scs.GobCodec{}}} {
		raw, err := codecs[0].Encode(until, values)
		if err != nil {
			t.Fatal(err)
		}
		at, got, err := codecs[1].Decode(raw)
		if err != nil || !at.Equal(until) || len(got) != 3 || got["a"] != 1 || got["b"] != "text" {
			t.Error(at, got, err)
		}
	}
}

// The tests that scs has for what it shows to the outside run on the kit, in a
// module that has the kit in scs's place by a replace line. Those in data_test.go
// look at the inside of its sessions and cannot.
func TestTestsOfSCS(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a module of its own")
	}
	t.Parallel()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/alexedwards/scs/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	own, err := filepath.Glob(filepath.Join(root, "adapters", "scs", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range own {
		if !strings.HasSuffix(file, "_test.go") {
			copyFile(t, file, filepath.Join(dir, filepath.Base(file)))
		}
	}
	for _, name := range []string{"session_test.go", "session_go120_test.go"} {
		copyFile(t, filepath.Join(strings.TrimSpace(string(out)), name), filepath.Join(dir, name))
	}
	mod, err := os.ReadFile(filepath.Join(root, "adapters", "scs", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`=> \.\./\.\./`).ReplaceAllString(string(mod), "=> "+root+"/")
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join(root, "adapters", "scs", "go.sum"), filepath.Join(dir, "go.sum"))
	cmd := exec.Command("go", "test", "-count=1", "-v", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	result, err := cmd.CombinedOutput()
	if passed := strings.Count(string(result), "\n--- PASS"); err != nil || passed == 0 {
		t.Errorf("%d pass, %v\n%s", passed, err, result)
	}
}

// With a replace line in its go.mod an app is on the kit, and no line of it is
// changed.
func TestReplaceLine(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a module of its own")
	}
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copyFile(t, filepath.Join("apps", "scs", "main.go"), filepath.Join(dir, "main.go"))
	copyFile(t, "go.sum", filepath.Join(dir, "go.sum"))
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^.*sessionkit/adapters/scs .*\n`).ReplaceAllString(string(mod), "") // an app has one of the two
	text = regexp.MustCompile(`=> \.\./\.\./`).ReplaceAllString(text, "=> "+root+"/") +
		"\nreplace github.com/alexedwards/scs/v2 => " + root + "/adapters/scs\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "app")
	cmd := exec.Command("go", "build", "-mod=mod", "-o", binary, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := []string{"MODE=development", "APP_REDIS=" + redistest.Start(t).Addr, "SESSION_DIR=" + filepath.Join(dir, "sessions"), "DEBUG_ENDPOINTS=true"}
	workers := []*worker{start(t, binary, env), start(t, binary, env)}
	b := newBrowser(t)
	b.get(workers[0], "/login?user=ada")
	b.want(workers[1], "/me", "ada")
	if report := b.get(workers[1], "/debug/session"); !strings.Contains(report, `"loaded"`) {
		t.Error(report)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
