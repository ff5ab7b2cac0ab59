package adaptertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// besideCookieCases are about apps that take tokens from cookies and from headers:
// browsers and programs use the same routes.
func besideCookieCases() []testCase {
	return []testCase{
		{"a browser has a cookie, a phone a token", browserAndPhone},
		{"what is first in the chain decides, and the other is left alone", firstInChain},
		{"a token that is no good does not fall back on the cookie", noFallback},
		{"other schemes leave the cookie alone", otherSchemes},
		{"a POST from a page of another site, with a cookie's chain", crossSiteChain},
		{"without the setting headers are nobody's", headersUnread},
	}
}

const custom = config.TokenSource("header:X-Session")

func browserAndPhone(t *testing.T, st *suite) {
	for _, chain := range [][]config.TokenSource{
		{config.TokenBearer, custom, config.TokenCookie},
		{config.TokenCookie, custom, config.TokenBearer},
	} {
		s := st.phoneSite(t, chain...)
		s.private("/private", nil)
		b := s.browser()
		a := b.get("/login?user=ada")
		a.wantCookie()
		a.wantNoToken(config.TokenBearer).wantNoToken(custom)
		a = b.get("/user").want(http.StatusOK, "ada").wantNoCookie()
		for _, name := range []string{"Authorization", "X-Session", "Cookie"} {
			a.wantVary(name)
		}
		b.get("/logout").wantNoToken(config.TokenBearer).wantRemoval()
		b.get("/private").wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", `Bearer realm="session"`)

		for _, from := range []config.TokenSource{config.TokenBearer, custom} {
			p := s.phone(from) // which sends the header empty
			p.get("/login?user=bob").wantToken(from)
			p.get("/private").want(http.StatusOK, "only for bob").wantVary("Cookie")
			p.get("/logout").wantVoid(from)
		}
	}
}

// wantVary fails unless the answer says that it depends on the header.
func (a *answer) wantVary(name string) {
	a.t.Helper()
	for other := range strings.SplitSeq(strings.Join(a.header["Vary"], ","), ",") {
		if strings.EqualFold(strings.TrimSpace(other), name) {
			return
		}
	}
	a.t.Fatalf("GET %s: Vary is %q, and lacks %s", a.path, a.header["Vary"], name)
}

func firstInChain(t *testing.T, st *suite) {
	for _, cookieFirst := range []bool{false, true} {
		chain := []config.TokenSource{config.TokenBearer, config.TokenCookie}
		if cookieFirst {
			chain = []config.TokenSource{config.TokenCookie, config.TokenBearer}
		}
		s := st.phoneSite(t, chain...)
		b, p := s.browser(), s.phone(config.TokenBearer)
		b.get("/login?user=ada")
		p.get("/login?user=bob")
		both := func(r *http.Request) {
			header("Cookie", b.cookie())(r)
			present(config.TokenBearer, p.token)(r)
		}
		s.store.took()
		a := b.stranger().get("/user", both).wantNoCookie().wantNoToken(config.TokenBearer)
		s.store.wantCalls(t, "a visit with both", "load")
		if want := map[bool]string{false: "bob", true: "ada"}[cookieFirst]; a.body != want {
			t.Fatalf("%q: with both it is %q, want %q", chain, a.body, want)
		}
		a = b.stranger().get("/logout", both).wantStatus(http.StatusSeeOther)
		if cookieFirst {
			a.wantNoToken(config.TokenBearer).wantRemoval()
			b.get("/user").want(http.StatusOK, "")
			p.get("/user").want(http.StatusOK, "bob")
		} else {
			a.wantNoCookie().wantVoid(config.TokenBearer)
			b.get("/user").want(http.StatusOK, "ada")
			p.browser.get("/user", present(p.from, p.token)).want(http.StatusOK, "")
		}
	}
}

func noFallback(t *testing.T, st *suite) {
	s := st.phoneSite(t, config.TokenBearer, config.TokenCookie)
	b := s.browser()
	cookie := b.get("/login?user=ada").wantCookie()
	for _, token := range []string{"junk", "v1.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"} {
		b.get("/user", present(config.TokenBearer, token)).want(http.StatusOK, "").wantNoCookie()
		b.get("/logout", present(config.TokenBearer, token)).wantNoCookie()
	}
	b.get("/user", present(config.TokenBearer, "")).want(http.StatusOK, "") // a program that has no token yet
	b.get("/user").want(http.StatusOK, "ada")

	// What a browser's cookie has is the same kind of token, and no more.
	b.stranger().get("/user", present(config.TokenBearer, cookie.Value)).want(http.StatusOK, "ada").wantNoCookie()
}

func otherSchemes(t *testing.T, st *suite) {
	s := st.phoneSite(t, config.TokenBearer, config.TokenCookie)
	b := s.browser()
	b.get("/login?user=ada")
	for _, line := range []string{"Basic YWRhOnNlY3JldA==", "Digest username=ada", "Bearers x", ""} {
		b.get("/user", header("Authorization", line)).want(http.StatusOK, "ada").wantNoToken(config.TokenBearer)
		b.get("/renew", header("Authorization", line)).want(http.StatusOK, "renewed").wantNoToken(config.TokenBearer).wantCookie()
	}
}

func crossSiteChain(t *testing.T, st *suite) {
	s := st.phoneSite(t, config.TokenBearer, config.TokenCookie)
	comeBack(s)
	basic := header("Authorization", "Basic YWRhOnNlY3JldA==")
	s.browser().get("/paid", from("cross-site"), basic).want(http.StatusOK, "thank you").wantNoCookie().wantNoToken(config.TokenBearer)
	s.store.wantCalls(t, "a POST from another site", "")
	s.phone(config.TokenBearer).get("/paid", from("cross-site")).want(http.StatusOK, "thank you").wantToken(config.TokenBearer)
}

func headersUnread(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.private("/private", nil)
	b := s.browser()
	token := b.get("/login?user=ada").wantCookie().Value
	for _, from := range []config.TokenSource{config.TokenBearer, custom} {
		a := b.stranger().get("/private", present(from, token))
		a.wantStatus(http.StatusUnauthorized).wantHeader("Www-Authenticate", "").wantHeader("Vary", "Cookie")
		b.get("/user", present(from, "junk")).want(http.StatusOK, "ada")
	}
}
