package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// idleCases are about what counts as use of a session.
func idleCases() []testCase {
	return []testCase{
		{"127 a save keeps the idle end", saveKeepsIdleEnd},
		{"35 reading moves the idle end", readMovesIdleEnd},
		{"125 a failing touch leaves the page alone", touchFails},
		{"polling is no use", polling},
		{"an idle time of its own", ownIdleTime},
	}
}

// idleSite is a site under an idle timeout of an hour, and its clock.
func (st *suite) idleSite(t *testing.T) (*site, *clock) {
	clock := &clock{now: time.Now().Truncate(time.Millisecond)}
	return st.newSite(t, config.Config{IdleTimeout: time.Hour}, session.WithClock(clock.Now)), clock
}

// wantExpires fails unless the stored session expires then.
func (p *probe) wantExpires(t testing.TB, after string, id session.ID, want time.Time) {
	t.Helper()
	r, err := p.Store.Load(context.Background(), id)
	if err != nil {
		t.Fatalf("%s: %v", after, err)
	}
	if !r.Expires.Equal(want) {
		t.Fatalf("%s: the session expires %v, want %v; its absolute end is %v", after, r.Expires, want, r.Deadline)
	}
}

func saveKeepsIdleEnd(t *testing.T, st *suite) {
	s, clock := st.idleSite(t)
	b := s.browser()
	for i, path := range []string{"/set?key=color&value=red", "/set?key=color&value=blue", "/count", "/login?user=ada", "/set?key=color&value=green", "/renew"} {
		clock.advance(time.Minute) // too little for a touch
		b.get(path)
		s.store.wantExpires(t, fmt.Sprint(i, " ", path), b.id(), clock.Now().Add(time.Hour))
	}
}

func readMovesIdleEnd(t *testing.T, st *suite) {
	s, clock := st.idleSite(t)
	b := s.browser()
	b.get("/set?key=color&value=red")
	end := clock.Now().Add(time.Hour)
	clock.advance(5 * time.Minute)
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.store.wantExpires(t, "reading soon", b.id(), end)
	clock.advance(5 * time.Minute)
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.store.wantExpires(t, "reading later", b.id(), clock.Now().Add(time.Hour))
}

func touchFails(t *testing.T, st *suite) {
	s, clock := st.idleSite(t)
	b := s.browser()
	b.get("/set?key=color&value=red")
	clock.advance(10 * time.Minute)
	s.store.failOn("touch")
	for range 3 {
		b.get("/read?key=color").want(http.StatusOK, "red").wantNoCookie()
	}
	s.log.wantLine(t, "level=ERROR", "not touched", errDown.Error())
	if n := s.log.count("not touched"); n != 1 {
		t.Errorf("the log has %d lines about three touches within a minute, want one", n)
	}
	if n := s.Sessions.Diagnostics().StoreErrors()["touch"]; n != 3 {
		t.Errorf("%d failed touches were counted, want 3", n)
	}
	s.store.mend()
	s.store.took()
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.store.wantCalls(t, "reading after a sixth of the idle time", "load touch")
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.store.wantCalls(t, "reading again at once", "load")
}

func polling(t *testing.T, st *suite) {
	s, clock := st.idleSite(t)
	for _, first := range []bool{true, false} { // before the session is asked for, and after
		s.handle(fmt.Sprint("/poll/", first), func(x Exchange) error {
			if first && session.WithoutTouch(x.Context()) != x.Context() {
				return errors.New("another context")
			}
			v, err := x.Session()
			if err != nil {
				return err
			}
			session.WithoutTouch(x.Context())
			if value := x.Query("value"); value != "" {
				if err := session.Set(v, "seen", value); err != nil {
					return err
				}
			}
			seen, err := session.Get[string](v, "seen")
			if err != nil {
				return err
			}
			return x.Write(http.StatusOK, seen)
		})
	}
	b := s.browser()
	b.get("/set?key=color&value=red")
	end, id := clock.Now().Add(time.Hour), b.id()
	for _, first := range []string{"true", "false"} {
		clock.advance(10 * time.Minute)
		b.get("/poll/" + first).wantStatus(http.StatusOK)
		s.store.wantCalls(t, "polling", "load")
		b.get("/poll/"+first+"?value="+first).want(http.StatusOK, first)
		s.store.wantCalls(t, "polling that saves", "load save")
		s.store.wantExpires(t, "polling", id, end)
	}
	b.get("/read?key=seen").want(http.StatusOK, "false")
	s.store.wantExpires(t, "reading", id, clock.Now().Add(time.Hour))
	stranger := s.browser()
	stranger.get("/poll/true?value=new").wantCookie()
	s.store.wantExpires(t, "a new session", stranger.id(), clock.Now().Add(time.Hour))
}

func ownIdleTime(t *testing.T, st *suite) {
	s, clock := st.idleSite(t)
	s.handleSession("/remember", func(x Exchange, v *session.Session) error {
		d, err := time.ParseDuration(x.Query("d"))
		if err == nil {
			err = v.SetIdleTimeout(d)
		}
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, "")
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	for _, d := range []time.Duration{5 * time.Hour, 0, time.Minute, 240 * time.Hour} {
		b.get("/remember?d=" + d.String()).wantNoCookie()
		clock.advance(2 * time.Second)
		b.get("/set?key=color&value=blue").want(http.StatusOK, "set").wantNoCookie()
		want := clock.Now().Add(d)
		switch d {
		case 0:
			want = clock.Now().Add(time.Hour)
		case 240 * time.Hour: // never past the absolute end
			r, err := s.store.Store.Load(t.Context(), b.id())
			if err != nil {
				t.Fatal(err)
			}
			want = r.Deadline
		}
		s.store.wantExpires(t, d.String(), b.id(), want)
	}
}
