package adaptertest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// headerCases are about the session's headers beside those of the handler,
// and about cookies that the browser sends.
func headerCases() []testCase {
	return []testCase{
		{"53 one cookie per answer", oneCookie},
		{"54 cookies of handlers stay", otherCookies},
		{"58 Vary: Cookie when the session was read", vary},
		{"58 Vary joins what the handler set", varyJoins},
		{"64 no-store on answers that set the cookie", noStore},
		{"60 several cookies of the name", severalCookies},
		{"60 a cookie among others", amongOthers},
	}
}

func oneCookie(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/busy", func(x Exchange, v *session.Session) error {
		for i := range 3 {
			if err := session.Set(v, "step", strconv.Itoa(i)); err != nil {
				return err
			}
			if err := v.Commit(x.Context()); err != nil {
				return err
			}
			if err := v.Renew(x.Context()); err != nil {
				return err
			}
			if err := v.SetPersistent(true); err != nil {
				return err
			}
		}
		return x.Write(http.StatusOK, "busy")
	})
	b := s.browser()
	b.get("/busy").want(http.StatusOK, "busy").wantCookie()
	b.get("/busy").want(http.StatusOK, "busy").wantCookie()
	b.get("/read?key=step").want(http.StatusOK, "2")
}

func otherCookies(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/cookies", func(x Exchange, v *session.Session) error {
		x.AddHeader("Set-Cookie", "theme=dark; Path=/")
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		x.AddHeader("Set-Cookie", "session2=x; Path=/")
		return x.Write(http.StatusOK, "cookies")
	})
	b := s.browser()
	a := b.get("/cookies")
	a.wantCookie()
	lines := a.header.Values("Set-Cookie")
	if len(lines) != 3 || !slices.Contains(lines, "theme=dark; Path=/") || !slices.Contains(lines, "session2=x; Path=/") {
		t.Fatalf("want the handler's two cookies and the session's, got %q", lines)
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func vary(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/plain").wantHeader("Vary", "")
	b.get("/read?key=color").wantHeader("Vary", "Cookie")
	b.get("/set?key=color&value=red").wantHeader("Vary", "Cookie")
	b.get("/read?key=color").wantHeader("Vary", "Cookie")
	b.get("/logout").wantHeader("Vary", "Cookie")
}

func varyJoins(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/varied", func(x Exchange, v *session.Session) error {
		x.SetHeader("Vary", x.Query("vary"))
		return x.Write(http.StatusOK, "varied")
	})
	b := s.browser()
	b.get("/varied?vary=Accept-Language").wantHeader("Vary", "Accept-Language, Cookie")
	b.get("/varied?vary=Cookie").wantHeader("Vary", "Cookie")
}

func noStore(t *testing.T, st *suite) {
	for _, allowed := range []bool{false, true} {
		s := st.newSite(t, config.Config{Cookie: config.Cookie{AllowCaching: allowed}})
		s.handleSession("/cached", func(x Exchange, v *session.Session) error {
			x.SetHeader("Cache-Control", "public, max-age=60")
			if value := x.Query("value"); value != "" {
				if err := session.Set(v, "color", value); err != nil {
					return err
				}
			}
			return x.Write(http.StatusOK, "cached")
		})
		withCookie := "no-store"
		if allowed {
			withCookie = "public, max-age=60"
		}
		b := s.browser()
		b.get("/cached").wantHeader("Cache-Control", "public, max-age=60")
		b.get("/cached?value=red").wantHeader("Cache-Control", withCookie).wantCookie()
		b.get("/cached?value=blue").wantHeader("Cache-Control", "public, max-age=60").wantNoCookie()
	}
}

func severalCookies(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/cookies", func(x Exchange, v *session.Session) error {
		color, err := session.Get[string](v, "color")
		if err != nil {
			return err
		}
		return x.Write(http.StatusOK, strings.Join([]string{color, v.Status().String(), strconv.Itoa(v.Status().Cookies)}, ", "))
	})
	b := s.browser()
	b.get("/set?key=color&value=red")
	good := b.cookie()
	gone := s.visit("/set?key=color&value=blue").wantCookie()
	s.visit("/logout", "session="+gone.Value)
	dead := "session=" + gone.Value

	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{good}, "red, loaded, 1"},
		{[]string{good + "; session=junk"}, "red, loaded, 2"},
		{[]string{"session=junk; " + good}, "red, loaded, 2"},
		{[]string{dead + "; " + good}, "red, loaded, 2"},
		{[]string{"session=junk", good}, "red, loaded, 2"},
		{[]string{good, "session=junk"}, "red, loaded, 2"},
		{[]string{"session=junk; " + dead}, ", rejected: not-found, 2"},
		{[]string{"session=junk; session="}, ", rejected: malformed, 2"},
	} {
		s.visit("/cookies", c.lines...).want(http.StatusOK, c.want)
	}
}

func amongOthers(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	good := b.cookie()
	for _, line := range []string{
		"a=1; " + good + "; b=2",
		`a="x y"; ` + good,
		"session2=x; xsession=y; " + good,
		"lonely; " + good + ";",
		"a=1;" + good + ";b=2",
	} {
		s.visit("/read?key=color", line).want(http.StatusOK, "red")
	}
	for _, line := range []string{"a=1; b=2", "Session" + strings.TrimPrefix(good, "session"), "x" + good, ";;;", "="} {
		s.visit("/status", line).want(http.StatusOK, "new")
	}
}
