package adaptertest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// failureCases are about a store that does not do what it is asked.
func failureCases() []testCase {
	cases := []testCase{
		{"102 a session that cannot be read is not a new one", loadFails},
		{"124 a part without patience does not cost the request its session", impatientPart},
		{"128 a slow function holds up others for the timeout", slowFunction},
		{"109 a logout that fails is reported and ends nothing", deleteFails},
		{"61 a session that is too large is an error", tooLarge},
		{"106 a store that hangs is given up on: reading", storeHangs("load")},
		{"106 a store that hangs is given up on: saving", storeHangs("save")},
		{"after a renewal the new id reaches the browser even when the save fails", renewedThenFails},
	}
	for _, w := range waysToAnswer {
		cases = append(cases, testCase{"103 a failed save replaces the answer: " + w.name, w.runNotSaved})
	}
	return cases
}

// runNotSaved: the client gets an error and nothing of what the handler said.
func (w wayToAnswer) runNotSaved(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/answer", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "blue"); err != nil {
			return err
		}
		x.SetHeader("X-Request-Id", "42")
		x.SetHeader("Content-Type", "application/x-secret")
		x.SetHeader("Content-Disposition", "attachment")
		x.SetHeader("Etag", `"secret"`)
		x.SetHeader("Cache-Control", "public, max-age=60")
		if w.body == "the body" {
			x.SetHeader("Content-Encoding", "identity")
		}
		return w.answer(x)
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	for _, visitor := range []*browser{s.browser(), b} { // a new session, then an existing one
		s.store.failOn("save")
		a := visitor.get("/answer").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
		for _, name := range []string{"Location", "Content-Disposition", "Etag", "Content-Encoding", "Cache-Control"} {
			a.wantHeader(name, "")
		}
		a.wantHeader("X-Request-Id", "42").wantHeader("Retry-After", "1").wantHeader("Vary", "Cookie")
		if w.body != "" && strings.Contains(a.body, w.body) || strings.Contains(a.header.Get("Content-Type"), "secret") {
			t.Fatalf("the answer is the handler's: %q, %.200q", a.header, a.body)
		}
		if n := a.header.Get("Content-Length"); n != "" && n != strconv.Itoa(len(a.body)) {
			t.Fatalf("Content-Length is %s, the body has %d bytes", n, len(a.body))
		}
		if strings.Contains(a.body, errDown.Error()) {
			t.Errorf("the answer tells the client about the store: %.200q", a.body)
		}
	}
	s.store.mend()
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.log.wantLine(t, "level=ERROR", "not saved", errDown.Error())
}

func loadFails(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.failOn("load")
	a := b.get("/set?key=color&value=blue").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
	a.wantHeader("Retry-After", "1").wantHeader("Vary", "Cookie")
	if strings.Contains(a.body, errDown.Error()) {
		t.Errorf("the answer tells the client about the store: %.200q", a.body)
	}
	s.log.wantLine(t, "level=ERROR", "not read", errDown.Error())
	s.store.mend()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func impatientPart(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handle("/parts", func(x Exchange) error {
		part, cancel := context.WithCancel(x.Context())
		cancel()
		if _, err := session.From(part); err != context.Canceled {
			return fmt.Errorf("the part that was cancelled: %w", err)
		}
		part, cancel = context.WithTimeout(x.Context(), time.Nanosecond)
		defer cancel()
		if _, err := auth.User(part); err != context.DeadlineExceeded {
			return fmt.Errorf("the part whose time was over: %w", err)
		}
		v, err := x.Session()
		if err != nil {
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
	b.get("/parts").want(http.StatusOK, "red")
}

func slowFunction(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{Timeout: time.Second})
	g := newGate()
	s.handleSession("/slow", func(x Exchange, v *session.Session) error {
		_, err := session.Update(v, "n", func(n int) (int, error) { return n + 1, g.pass() })
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, "saved")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	slow := make(chan error, 1)
	go func() { slow <- b.expect("/slow", "saved") }()
	g.await(t)
	b.get("/set?key=color&value=blue").wantStatus(http.StatusServiceUnavailable).wantHeader("Retry-After", "1")
	s.log.wantLine(t, "level=ERROR", "--session-timeout", "session.Update")
	g.release()
	if err := <-slow; err != nil {
		t.Fatal(err)
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
	b.get("/set?key=color&value=blue").want(http.StatusOK, "set")
}

func deleteFails(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/login?user=ada")
	s.store.failOn("delete")
	b.get("/logout").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
	s.store.mend()
	b.get("/user").want(http.StatusOK, "ada")
	b.get("/logout").wantStatus(http.StatusSeeOther).wantRemoval()
}

func tooLarge(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{MaxRecordSize: 4096})
	s.handleSession("/large", func(x Exchange, v *session.Session) error {
		for _, key := range []string{"one", "two", "three"} { // each fits, all do not
			if err := session.Set(v, key, strings.Repeat("x", 2000)); err != nil {
				return err
			}
		}
		return x.Write(http.StatusOK, "large")
	})
	a := s.browser().get("/large").wantStatus(http.StatusRequestEntityTooLarge).wantNoCookie()
	if a.body == "large" {
		t.Error("the answer is the handler's")
	}
	s.log.wantLine(t, "level=ERROR", "record too large")
}

func storeHangs(op string) func(t *testing.T, st *suite) {
	return func(t *testing.T, st *suite) {
		store := newProbe(st.newStore(t))
		store.remote = true
		s := st.newSiteOn(t, store, config.Config{Timeout: time.Second})
		b := s.browser()
		b.get("/set?key=color&value=red").wantCookie()
		store.fail(func(ctx context.Context, asked string) error {
			if asked != op {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		b.get("/set?key=color&value=blue").wantStatus(http.StatusServiceUnavailable)
		s.log.wantLine(t, "level=ERROR", "did not answer in time")
		store.mend()
		b.get("/read?key=color").want(http.StatusOK, "red")
	}
}

func renewedThenFails(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/renew-set", func(x Exchange, v *session.Session) error {
		if err := v.Renew(x.Context()); err != nil {
			return err
		}
		s.store.failOn("save")
		if err := session.Set(v, "color", "blue"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "saved")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	b.get("/renew-set").wantStatus(http.StatusServiceUnavailable).wantHeader("Cache-Control", "no-store").wantCookie()
	s.store.mend()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

// clock is a manager's clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is for session.WithClock.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
