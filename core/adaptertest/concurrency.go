package adaptertest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// concurrencyCases are about several requests of one browser at a time.
func concurrencyCases() []testCase {
	return []testCase{
		{"79 a slow request does not undo a logout", slowRequestAndLogout},
		{"80 87 parallel writes to different keys all survive", parallelWrites},
		{"81 parallel increments are never lost", parallelIncrements},
		{"82 parallel renewals: one wins", parallelRenewals},
		{"84 a reading request never overwrites a writer", readerAndWriter},
	}
}

func slowRequestAndLogout(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	g := newGate()
	s.handleSession("/slow", func(x Exchange, v *session.Session) error {
		if err := g.pass(); err != nil {
			return err
		}
		if err := session.Set(v, "late", "yes"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "saved")
	})
	b := s.browser()
	b.get("/login?user=ada")
	cookie, id := b.cookie(), b.id()

	slow, stranger := make(chan *answer, 1), b.stranger()
	go func() {
		a, err := stranger.try("/slow", header("Cookie", cookie))
		if err != nil {
			a = &answer{t: t, path: "/slow", body: err.Error()}
		}
		slow <- a
	}()
	g.await(t)
	b.get("/logout").wantRemoval()
	g.release()
	a := (<-slow).wantStatus(http.StatusConflict).wantNoCookie()
	if a.body == "saved" {
		t.Error("the answer has the handler's body")
	}
	s.store.wantGone(t, id)
	s.visit("/user", cookie).want(http.StatusOK, "")
	s.log.wantLine(t, "level=WARN", session.ErrGone.Error())
}

func parallelWrites(t *testing.T, st *suite) {
	const n = 8
	s := st.newSite(t, config.Config{})
	all := newBarrier(n)
	s.handleSession("/write", func(x Exchange, v *session.Session) error {
		if err := all.pass(); err != nil { // everybody has read the same revision
			return err
		}
		if err := session.Set(v, x.Query("key"), "written"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "written")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.together(n, func(i int) error { return b.expect(fmt.Sprintf("/write?key=key%d", i), "written") })
	for i := range n {
		b.get(fmt.Sprintf("/read?key=key%d", i)).want(http.StatusOK, "written")
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func parallelIncrements(t *testing.T, st *suite) {
	const n = 24
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	results := make([]string, n)
	s.together(n, func(i int) error {
		a, err := b.try("/count")
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("status %d, body %q", a.status, a.body)
		}
		if err == nil {
			results[i] = a.body
		}
		return err
	})
	for i := range n {
		if want := fmt.Sprint(i + 1); !slices.Contains(results, want) {
			t.Fatalf("nobody got %s: %q", want, results)
		}
	}
	b.get("/count").want(http.StatusOK, fmt.Sprint(n+1))
}

func parallelRenewals(t *testing.T, st *suite) {
	const n = 4
	s := st.newSite(t, config.Config{})
	all := newBarrier(n)
	s.handleSession("/race", func(x Exchange, v *session.Session) error {
		if err := all.pass(); err != nil {
			return err
		}
		if err := v.Renew(x.Context()); err != nil {
			if !errors.Is(err, session.ErrGone) {
				return fmt.Errorf("Renew: %v", err)
			}
			return err
		}
		return x.Write(http.StatusOK, "won")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	id := b.id()
	status := make([]int, n)
	s.together(n, func(i int) error {
		a, err := b.try("/race")
		if err == nil {
			status[i] = a.status
		}
		return err
	})
	slices.Sort(status)
	if want := []int{200, 409, 409, 409}; !slices.Equal(status, want) {
		t.Fatalf("the answers are %v, want %v", status, want)
	}
	s.store.wantGone(t, id)
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func readerAndWriter(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	g := newGate()
	s.handleSession("/reader", func(x Exchange, v *session.Session) error {
		if err := g.pass(); err != nil {
			return err
		}
		color, err := session.Get[string](v, "color")
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, color)
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	done := make(chan error, 1)
	go func() { done <- b.expect("/reader", "red") }()
	g.await(t)
	b.get("/set?key=color&value=blue").want(http.StatusOK, "set")
	s.store.took()
	g.release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.store.wantCalls(t, "the end of the reading request", "")
	b.get("/read?key=color").want(http.StatusOK, "blue")
}
