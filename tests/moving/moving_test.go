//go:build unix

package moving

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// fixture is an app, the section of the guide that moves it, and what it can do.
type fixture struct {
	dir, section string
	oldRedis     bool // its own store before is Redis
	cookie       string
	remembers    bool
	works        bool // it has all routes; gothic has a login alone
}

var fixtures = []fixture{
	{dir: "scs", section: "scs", oldRedis: true, cookie: "session", remembers: true, works: true},
	{dir: "gorilla", section: "gorilla/sessions", cookie: "session", remembers: true, works: true},
	{dir: "gothic", section: "gothic", cookie: "app"},
	{dir: "fiber", section: "Fiber's session", oldRedis: true, cookie: "session_id", works: true},
	{dir: "fiberv3", section: "Fiber v3's session", oldRedis: true, cookie: "session_id", works: true},
}

// mostLines is how many lines of an app a move may change.
const mostLines = 10

// Each app is moved by the lines that the guide gives, on files and on Redis: its
// users stay logged in, a logout holds on every worker, nothing is lost and nothing
// comes back.
func TestMoving(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures {
		t.Run(f.dir, func(t *testing.T) {
			t.Parallel()
			before, after := f.build(t)
			for _, place := range []string{"files", "redis"} {
				t.Run(place, func(t *testing.T) {
					t.Parallel()
					f.move(t, before, after, place)
				})
			}
		})
	}
}

func (f fixture) move(t *testing.T, before, after, place string) {
	env := []string{"MODE=development", "APP_DIR=" + t.TempDir()}
	redis := redistest.Start(t)
	env = append(env, "APP_REDIS="+redis.Addr)
	old := start(t, before, env)
	ada := newBrowser(t)
	if f.works {
		ada.get(old, "/flash?text=welcome")
		if f.remembers {
			ada.get(old, "/login?user=ada&remember=1")
		} else {
			ada.get(old, "/login?user=ada")
		}
		ada.want(old, "/count", "1")
	} else {
		ada.authorize(old)
	}
	user := ada.get(old, "/me")
	if user == "" {
		t.Fatal("nobody is logged in before the move")
	}
	stolen := ada.copied()
	if f.works {
		again, eve := start(t, before, env), newBrowser(t)
		eve.want(old, "/count", "1")
		t.Logf("the app as it was loses %d counts of 400", f.lost(t, eve, []*worker{old, again}))
		again.stop()
	}
	old.stop()

	if place == "redis" {
		env = append(env, "REDIS_URL="+redis.URL())
	} else {
		env = append(env, "SESSION_DIR="+filepath.Join(t.TempDir(), "sessions"))
	}
	workers := []*worker{start(t, after, env), start(t, after, env)}
	var all sync.WaitGroup
	for i := range 6 { // a page and what it fetches
		all.Go(func() { stolen.copied().want(workers[i%2], "/me", user) })
	}
	all.Wait()
	ada.want(workers[0], "/me", user)
	if f.works {
		ada.want(workers[1], "/show", "welcome")
		ada.want(workers[0], "/show", "")
		if n := f.lost(t, ada, workers); n != 0 {
			t.Errorf("%d counts lost", n)
		}
		f.slow(t, ada, workers)
		f.remember(t, workers)
	} else {
		bob := newBrowser(t)
		bob.authorize(workers[0])
		bob.want(workers[1], "/me", user)
	}
	ada = stolen.copied()
	ada.want(workers[0], "/me", map[bool]string{true: "", false: user}[f.works]) // slow has logged her out
	ada.get(workers[1], "/logout")
	stolen.want(workers[0], "/me", "")
	stolen.want(workers[1], "/me", "")
}

// lost has several clients count in one session, each on both workers, and tells how
// much of it is lost.
func (f fixture) lost(t *testing.T, b *browser, workers []*worker) int {
	const clients, each = 4, 100
	b.want(workers[0], "/count", "2") // of a browser that has counted once
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			own := b.copied()
			for i := range each {
				own.get(workers[(c+i)%2], "/count")
			}
		})
	}
	all.Wait()
	var n int
	fmt.Sscan(b.get(workers[1], "/count"), &n)
	return 2 + clients*each + 1 - n
}

// slow logs out while a request of the same session is under way.
func (f fixture) slow(t *testing.T, b *browser, workers []*worker) {
	late, out := b.copied(), b.copied()
	meanwhile := make(chan struct{})
	server := listen(t, func() {
		out.get(workers[0], "/logout")
		close(meanwhile)
	})
	late.try(workers[1], "/slow?meanwhile="+url.QueryEscape(server))
	<-meanwhile
	b.want(workers[0], "/me", "")
	b.want(workers[1], "/me", "")
}

func (f fixture) remember(t *testing.T, workers []*worker) {
	if !f.remembers {
		return
	}
	for query, persists := range map[string]bool{"": false, "&remember=1": true} {
		b := newBrowser(t)
		b.get(workers[0], "/login?user=bob"+query)
		if c := b.last[f.cookie]; c == nil || (c.MaxAge > 0) != persists {
			t.Errorf("with %q: %v", query, c)
		}
		b.want(workers[1], "/me", "bob")
	}
}

// build compiles the app as it is and as the guide moves it.
func (f fixture) build(t *testing.T) (before, after string) {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("apps", f.dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(dir, "main.go")
	if err := os.WriteFile(moved, []byte(f.apply(t, string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	raw, _ := json.Marshal(map[string]any{"Replace": map[string]string{source: moved}})
	if err := os.WriteFile(overlay, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	before, after = filepath.Join(dir, "before"), filepath.Join(dir, "after")
	for _, args := range [][]string{{"-o", before}, {"-o", after, "-overlay", overlay}} {
		cmd := exec.Command("go", append(append([]string{"build"}, args...), "./apps/"+f.dir)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return before, after
}

// apply changes the lines that the section's first diff names.
func (f fixture) apply(t *testing.T, source string) string {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "moving.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(guide), "\n## "+f.section+"\n")
	_, diff, begins := strings.Cut(section, "```diff\n")
	diff, _, ends := strings.Cut(diff, "```")
	if !found || !begins || !ends {
		t.Fatalf("the guide has no diff for %s", f.section)
	}
	lines, at, changed := strings.Split(source, "\n"), -1, 0
	var added []string
	for line := range strings.SplitSeq(strings.TrimSuffix(diff, "\n"), "\n") {
		text := strings.TrimSpace(line[1:])
		switch line[0] {
		case '+':
			if added = append(added, line[1:]); at < 0 { // an import of its own
				at = index(t, lines, "import (") + 1
				lines = append(lines[:at], append([]string{line[1:]}, lines[at:]...)...)
				at, added = -1, nil
			} else {
				lines[at], at, added = line[1:], -1, nil
			}
			changed++
		case '-':
			at = index(t, lines, text)
		}
	}
	if changed == 0 || changed > mostLines {
		t.Errorf("the move changes %d lines", changed)
	}
	return strings.Join(lines, "\n")
}

func index(t *testing.T, lines []string, text string) int {
	t.Helper()
	for i, line := range lines {
		if strings.TrimSpace(line) == text {
			return i
		}
	}
	t.Fatalf("the app has no line %q", text)
	return -1
}
