package adaptertest

import (
	"net/http"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// crossSiteCases are about what pages of other sites send: browsers leave out a
// cookie with SameSite.
func crossSiteCases() []testCase {
	return []testCase{
		{"137 a POST that comes back without the cookie replaces no session", crossSitePost},
		{"a login that comes back from another site", crossSiteLogin},
		{"a link from another site", crossSiteLink},
		{"SameSite=None", crossSiteNone},
	}
}

// comeBack adds routes for another site's POST.
func comeBack(s *site) {
	post := func(path string, handle func(x Exchange, v *session.Session) error) {
		s.Routes = append(s.Routes, Route{Method: http.MethodPost, Path: path, Handle: withSession(handle)})
	}
	post("/paid", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "paid", "yes"); err != nil {
			return err
		}
		n, err := session.Update(v, "visits", func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		paid, err := session.Get[string](v, "paid")
		if err != nil || n != 1 || paid != "yes" {
			return x.Write(http.StatusTeapot, "the request does not see what it has done")
		}
		return x.Write(http.StatusOK, "thank you")
	})
	post("/saml", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "via", "saml"); err != nil {
			return err
		}
		if err := v.Commit(x.Context()); err != nil {
			return err
		}
		if err := auth.Login(x.Context(), "ada"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "welcome")
	})
}

// from makes a request that of a page of another site, or of this one.
func from(site string) func(*http.Request) {
	return func(r *http.Request) {
		r.Method = http.MethodPost
		r.Header.Set("Sec-Fetch-Site", site)
	}
}

// link makes a request that of a link on a page of another site.
func link(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }

func crossSitePost(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	comeBack(s)
	s.browser().get("/paid", from("cross-site")).want(http.StatusOK, "thank you").wantNoCookie()
	s.store.wantCalls(t, "a POST from another site", "")
	if !slices.ContainsFunc(s.Sessions.Diagnostics().Findings(t.Context()), func(f check.Finding) bool { return f.ID == "session-cross-site" }) {
		t.Error("no finding says so")
	}

	for _, here := range []string{"same-origin", "same-site", "none"} {
		s.browser().get("/paid", from(here)).want(http.StatusOK, "thank you").wantCookie()
	}
	b := s.browser()
	b.get("/set?key=color&value=red").wantCookie()
	b.get("/paid", from("cross-site")).want(http.StatusOK, "thank you").wantNoCookie() // it came with the cookie all the same
	b.get("/read?key=paid").want(http.StatusOK, "yes")
}

func crossSiteLogin(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	comeBack(s)
	b := s.browser()
	b.get("/saml", from("cross-site")).want(http.StatusOK, "welcome").wantCookie()
	b.get("/user").want(http.StatusOK, "ada")
	b.get("/read?key=via").want(http.StatusOK, "saml")
}

func crossSiteLink(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red", link).wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func crossSiteNone(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{Cookie: config.Cookie{SameSite: config.SameSiteNone}})
	comeBack(s)
	s.browser().get("/paid", from("cross-site")).want(http.StatusOK, "thank you").wantCookie()
}
