package adaptertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// onceCases are about what is shown, or used, once.
func onceCases() []testCase {
	return []testCase{
		{"5 6 120 a value is taken by one of several requests", takenByOne},
		{"120 a message is shown by one of several requests", shownByOne},
		{"120 a request that nobody sees takes no messages", takenByNobody},
		{"5 what was taken and could not be saved stays", takenInOutage},
	}
}

// takeAway adds the routes that the cases need.
func (s *site) takeAway(before func() error) {
	s.handleSession("/take", func(x Exchange, v *session.Session) error {
		if err := before(); err != nil {
			return err
		}
		value, err := session.Pop[string](v, "token")
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, value)
	})
	s.handleSession("/flash", func(x Exchange, v *session.Session) error {
		if err := v.Flash("info", x.Query("text")); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "added")
	})
	show := withSession(func(x Exchange, v *session.Session) error {
		if err := before(); err != nil {
			return err
		}
		messages, err := v.Flashes()
		if err != nil {
			return err
		}
		texts := make([]string, len(messages))
		for i, m := range messages {
			texts[i] = m.Text
		}
		return x.Write(http.StatusOK, strings.Join(texts, " "))
	})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		s.Routes = append(s.Routes, Route{Method: method, Path: "/show", Handle: show})
	}
}

func nothing() error { return nil }

// wantOne has n requests fetch path once all have read the session, and wants
// one to answer want and the others nothing.
func (s *site) wantOne(b *browser, n int, path, want string) {
	s.t.Helper()
	bodies := make([]string, n)
	s.together(n, func(i int) error {
		a, err := b.try(path)
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("GET %s: status %d", path, a.status)
		}
		if err == nil {
			bodies[i] = a.body
		}
		return err
	})
	slices.Sort(bodies)
	if expected := append(make([]string, n-1), want); !slices.Equal(bodies, expected) {
		s.t.Fatalf("%s gave %q, want %q once", path, bodies, want)
	}
}

const takers, takeRounds = 4, 10

func takenByOne(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	var all atomic.Pointer[barrier]
	s.takeAway(func() error { return all.Load().pass() })
	b := s.browser()
	for i := range takeRounds {
		token := fmt.Sprint("token-", i)
		b.get("/set?key=token&value=" + token)
		all.Store(newBarrier(takers))
		s.wantOne(b, takers, "/take", token)
	}
	s.store.took()
	all.Store(newBarrier(1))
	b.get("/take").want(http.StatusOK, "")
	s.store.wantCalls(t, "taking what is not there", "load")
}

func shownByOne(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	var all atomic.Pointer[barrier]
	s.takeAway(func() error { return all.Load().pass() })
	b := s.browser()
	for i := range takeRounds {
		b.get(fmt.Sprintf("/flash?text=a%d", i)).want(http.StatusOK, "added")
		b.get(fmt.Sprintf("/flash?text=b%d", i)).want(http.StatusOK, "added")
		all.Store(newBarrier(takers))
		s.wantOne(b, takers, "/show", fmt.Sprintf("a%d b%d", i, i))
	}
}

func takenByNobody(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.takeAway(nothing)
	b := s.browser()
	b.get("/flash?text=saved").want(http.StatusOK, "added")
	s.store.took()
	b.get("/show", func(r *http.Request) { r.Method = http.MethodHead }).want(http.StatusOK, "")
	for _, sign := range [][2]string{
		{"Sec-Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}, {"Sec-Purpose", "prefetch;anonymous-client-ip"},
		{"Purpose", "prefetch"}, {"X-Moz", "prefetch"},
	} {
		b.get("/show", header(sign[0], sign[1])).want(http.StatusOK, "")
	}
	s.store.wantCalls(t, "six requests that nobody sees", strings.TrimSpace(strings.Repeat("load ", 6)))
	b.get("/show", header("Sec-Purpose", "")).want(http.StatusOK, "saved")
	b.get("/show").want(http.StatusOK, "")
}

func takenInOutage(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.takeAway(nothing)
	b := s.browser()
	b.get("/set?key=token&value=one")
	b.get("/flash?text=saved").want(http.StatusOK, "added")
	s.store.failOn("save")
	b.get("/take").wantStatus(http.StatusServiceUnavailable)
	b.get("/show").wantStatus(http.StatusServiceUnavailable)
	s.store.mend()
	b.get("/take").want(http.StatusOK, "one")
	b.get("/show").want(http.StatusOK, "saved")
}
