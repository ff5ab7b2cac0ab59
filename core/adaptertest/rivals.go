package adaptertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// rivalCases are about cookies that another host of the domain, or an earlier
// release of the app, has set beside the session's own.
func rivalCases() []testCase {
	return []testCase{
		{"60 cookies of two sessions count as nobody", rivalCookies},
		{"60 a login takes the browser over", rivalsAndLogin},
		{"60 dead cookies lock nobody out", deadCookiesFirst},
		{"59 the default name in production begins with __Host-", hostPrefix},
		{"59 the name without the prefix logs nobody out", formerName},
	}
}

// loggedIn is the cookie of a new session, "name=value".
func (s *site) loggedIn(user string) string {
	s.t.Helper()
	name := s.Sessions.Config().Cookie.Name
	return name + "=" + s.visit("/login?user="+user).wantStatus(http.StatusSeeOther).lookCookie(name).Value
}

func rivalCookies(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	victim, attacker := s.loggedIn("victim"), s.loggedIn("attacker")
	for _, lines := range [][]string{
		{attacker + "; " + victim}, {victim + "; " + attacker}, {attacker, victim}, {victim, "session=x", "a=b; " + attacker},
	} {
		s.visit("/user", lines...).want(http.StatusOK, "").wantNoCookie()
		s.visit("/status", lines...).want(http.StatusOK, "rejected: ambiguous").wantNoCookie()
	}
	s.visit("/user", victim+"; "+victim, victim).want(http.StatusOK, "victim")
	if n := s.Sessions.Diagnostics().Rejections()[diagnose.ReasonAmbiguous]; n != 8 {
		t.Errorf("%d requests were counted as ambiguous, want 8", n)
	}
}

func rivalsAndLogin(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	victim, attacker := s.loggedIn("victim"), s.loggedIn("attacker")
	c := s.visit("/login?user=victim", attacker+"; "+victim).wantCookie()
	s.visit("/user", attacker+"; session="+c.Value).want(http.StatusOK, "victim")

	again := s.loggedIn("attacker")
	s.visit("/logout", again, "session="+c.Value).wantRemoval()
	for _, ended := range []string{victim, attacker, again, "session=" + c.Value} {
		s.visit("/user", ended).want(http.StatusOK, "")
	}
}

func deadCookiesFirst(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	var lines []string
	for range 8 {
		dead := s.loggedIn("dead")
		s.visit("/logout", dead)
		lines = append(lines, dead)
	}
	victim := s.loggedIn("victim")
	s.visit("/user", append(slices.Clone(lines), victim)...).want(http.StatusOK, "victim")
	s.visit("/user", strings.Join(lines, "; ")+"; "+victim).want(http.StatusOK, "victim")
}

func hostPrefix(t *testing.T, st *suite) {
	for want, cookie := range map[string]config.Cookie{
		"__Host-session": {},
		"session":        {Domain: "example.com"},
		"shop":           {Name: "shop"},
	} {
		s := st.newSite(t, config.Config{Mode: config.Production, Cookie: cookie})
		c := s.visit("/set?key=color&value=red").want(http.StatusOK, "set").lookCookie(want)
		if c == nil || !c.Secure || c.Path != "/" || c.Domain != cookie.Domain {
			t.Fatalf("want a cookie %s, got %+v", want, c)
		}
		s.visit("/read?key=color", want+"="+c.Value).want(http.StatusOK, "red")
		if c := s.visit("/logout", want+"="+c.Value).lookCookie(want); c == nil || c.MaxAge >= 0 || !c.Secure {
			t.Errorf("want %s removed, got %+v", want, c)
		}
	}
}

func formerName(t *testing.T, st *suite) {
	store := newProbe(st.newStore(t))
	before := st.newSiteOn(t, store, config.Config{Mode: config.Production, Cookie: config.Cookie{Name: "session"}})
	after := st.newSiteOn(t, store, config.Config{Mode: config.Production})
	old := before.loggedIn("ada")
	a := after.visit("/user", old).want(http.StatusOK, "ada").wantNoCookie()
	now := "__Host-session=" + a.lookCookie("__Host-session").Value
	if c := after.visit("/user", old, now).want(http.StatusOK, "ada").lookCookie("__Host-session"); c != nil {
		t.Errorf("set again: %q", c)
	}
	planted := before.loggedIn("eve")
	after.visit("/user", planted+"; "+now).want(http.StatusOK, "ada")
	a = after.visit("/logout", old, now)
	a.wantRemoval() // of the old one
	if c := a.lookCookie("__Host-session"); c == nil {
		t.Errorf("the cookie is not removed: %q", a.header.Values("Set-Cookie"))
	}
	after.visit("/user", old).want(http.StatusOK, "")
}
