//go:build unix

package tests

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// While an app moves to the next major version of its framework, workers of both
// serve the same visitors behind one address.
func TestOldAndNewMajorTogether(t *testing.T) {
	t.Parallel()
	for _, routers := range [][2]string{{"echo", "echov5"}, {"fiber", "fiberv3"}} {
		for _, store := range []string{"file", "redis"} {
			t.Run(routers[1]+"/"+store, func(t *testing.T) {
				t.Parallel()
				args := []string{"--secret-key", doctorKey, "--workers", "2", "--debug-endpoints", "--session-dir", t.TempDir() + "/sessions"}
				if store == "redis" {
					args = append(args[:5], "--redis-url", redistest.Start(t).URL())
				}
				r := rollout{before: trial.Start(t, routers[0], args...), after: trial.Start(t, routers[1], args...)}
				r.address = front(t, r.before, r.after)
				r.loginHolds(t, r.before, r.after)
				r.loginHolds(t, r.after, r.before)
				r.sameCookies(t)
				r.nothingIsLost(t)
				r.bothAreSeen(t, routers)
				r.theOldOnesGo(t)
			})
		}
	}
}

// rollout is an app with workers of an old version and of a new one.
type rollout struct {
	before, after *trial.App
	address       string
}

// loginHolds logs in on one version, goes on on the other and back, and is logged
// out on both by either.
func (r rollout) loginHolds(t *testing.T, one, other *trial.App) {
	t.Helper()
	ada := one.NewBrowser()
	ada.Do(http.StatusNoContent, "POST", "/items", "key", "cup", "value", "blue") // before she is known
	stranger := ada.Clone(other.URL)
	ada.Login("ada")
	if me := stranger.Me(); me.Name() != "" || len(me.Values) != 0 {
		t.Errorf("the id from before the login still leads to %+v", me)
	}
	there := ada.Clone(other.URL)
	there.Do(http.StatusNoContent, "POST", "/items", "key", "tea", "value", "green")
	for _, b := range []*trial.Browser{ada, there} {
		if me := b.Me(); me.Name() != "ada" || me.Values["cup"] != "blue" || me.Values["tea"] != "green" {
			t.Errorf("%s sees %+v", b.Base, me)
		}
	}
	there.Login("grace") // a new id, from the other version
	if me := ada.Me(); me.Name() != "" {
		t.Errorf("the id from before is still %q", me.Name())
	}
	back := there.Clone(one.URL)
	if me := back.Me(); me.Name() != "grace" {
		t.Errorf("back there she is %q", me.Name())
	}
	phone := other.NewBrowser()
	phone.Login("grace")
	back.Do(http.StatusSeeOther, "POST", "/logout-everywhere")
	for _, b := range []*trial.Browser{back, there, phone, phone.Clone(one.URL)} {
		if me := b.Me(); me.Name() != "" {
			t.Errorf("%s: logged out everywhere, and %q all the same", b.Base, me.Name())
		}
	}
	again := one.NewBrowser()
	again.Login("ada")
	there = again.Clone(other.URL)
	stale := there.Clone(one.URL)
	there.Do(http.StatusSeeOther, "POST", "/logout")
	if me := stale.Me(); me.Name() != "" || len(me.Values) != 0 {
		t.Errorf("logged out on %s, %s sees %+v", other.URL, one.URL, me)
	}
}

// sameCookies compares what the browser is told of the cookie, and of the answer.
func (r rollout) sameCookies(t *testing.T) {
	t.Helper()
	changes := regexp.MustCompile(`v1\.[^;]*|Expires=[^;]*`)
	about := func(app *trial.App) (told []string) {
		h := app.NewBrowser().Do(http.StatusSeeOther, "POST", "/login", "user", "ada").Header
		for _, name := range []string{"Set-Cookie", "Cache-Control", "Vary"} {
			told = append(told, changes.ReplaceAllString(fmt.Sprint(h.Values(name)), "..."))
		}
		return told
	}
	if before, after := about(r.before), about(r.after); !slices.Equal(before, after) {
		t.Errorf("before: %q\nafter:  %q", before, after)
	}
}

// nothingIsLost counts behind the one address.
func (r rollout) nothingIsLost(t *testing.T) {
	t.Helper()
	ada := trial.NewBrowser(t, r.address)
	ada.Login("ada")
	counts := make([]int, 200)
	parallel(8, len(counts), func(i int) {
		var err error
		if counts[i], err = ada.Count(); err != nil {
			t.Error(err)
		}
	})
	slices.Sort(counts)
	for i, n := range counts {
		if n != i+1 {
			t.Fatalf("the answers are not 1 to 200: %v", counts)
		}
	}
	parallel(8, 100, func(i int) {
		a, err := ada.Try("POST", "/items", "key", fmt.Sprint("item", i), "value", fmt.Sprint(i))
		if err != nil || a.Status != http.StatusNoContent {
			t.Errorf("item %d: %v %v", i, a, err)
		}
	})
	for range 2 { // on either version
		me := ada.Me()
		for i := range 100 {
			if key := fmt.Sprint("item", i); me.Values[key] != fmt.Sprint(i) {
				t.Errorf("%s is %v", key, me.Values[key])
			}
		}
	}
}

// bothAreSeen looks whether each worker knows of all, and finds nothing wrong with
// that.
func (r rollout) bothAreSeen(t *testing.T, routers [2]string) {
	t.Helper()
	for _, app := range []*trial.App{r.before, r.after} {
		until(t, time.Minute, "the list has two workers of each", func() bool { // from their next beat on
			seen := map[string]int{}
			report := report[debug.WorkersReport](t, app.NewBrowser(), "/debug/workers")
			for _, w := range report.Workers {
				seen[w.Framework]++
			}
			return seen[routers[0]] == 2 && seen[routers[1]] == 2 && report.Summary.Differing == 0
		})
	}
	wantHealthy(t, r.address, "SECRET_KEY="+doctorKey)
}

// theOldOnesGo ends the deploy.
func (r rollout) theOldOnesGo(t *testing.T) {
	t.Helper()
	ada := r.before.NewBrowser()
	ada.Login("ada")
	r.before.Stop()
	if me := ada.Clone(r.after.URL).Me(); me.Name() != "ada" {
		t.Errorf("without the old workers she is %q", me.Name())
	}
}
