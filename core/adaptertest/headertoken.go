package adaptertest

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// headerTokenCases are about tokens that requests bring in a header, of apps that
// take no cookies.
func headerTokenCases() (cases []testCase) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, st *suite, from config.TokenSource)
	}{
		{"log in, work, log out", phoneLogsIn},
		{"70 a renewal: a new token, and the old one is dead", phoneRenews},
		{"24 22 no token for nothing", phoneAsksNothing},
		{"65 74 76 unknown, edited and other managers' tokens", phoneForges},
		{"67 what is not a token counts as none", phoneMumbles},
		{"several tokens", phoneBringsSeveral},
		{"131 cookies do not count", phoneBringsCookie},
		{"a stream", phoneStreams},
		{"103 a failed save gives no token", phoneNotSaved},
		{"58 Vary names the header", phoneVary},
		{"137 a POST from a page of another site is kept", phoneCrossSite},
		{"15 a manager inside, with a header of its own", phoneTwoManagers},
		{"a hijack that leaves the token out", phoneHijacks},
		{"102 RequireUser", phoneRequireUser},
		{"7.5.3 RequireFresh", phoneRequireFresh},
	} {
		for _, from := range []config.TokenSource{config.TokenBearer, config.TokenHeader("X-Session")} {
			cases = append(cases, testCase{c.name + ": " + string(from), func(t *testing.T, st *suite) { c.run(t, st, from) }})
		}
	}
	return cases
}

func (st *suite) phoneSite(t *testing.T, from ...config.TokenSource) *site {
	t.Helper()
	return st.newSite(t, config.Config{TokenFrom: from})
}

func phoneLogsIn(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	p.get("/set?key=cart&value=book").want(http.StatusOK, "set").wantToken(from)
	planted := p.token
	p.get("/login?user=ada").wantStatus(http.StatusSeeOther).wantToken(from)
	if p.token == planted {
		t.Fatal("the login left the token as it was")
	}
	s.store.took()
	p.get("/user").want(http.StatusOK, "ada").wantNoToken(from)
	s.store.wantCalls(t, "a visit with a token", "load")
	p.get("/read?key=cart").want(http.StatusOK, "book")
	p.browser.get("/user", present(from, planted)).want(http.StatusOK, "")

	good, id := p.token, p.browser.get("/id", present(from, p.token)).body
	p.get("/logout").wantStatus(http.StatusSeeOther).wantVoid(from)
	p.browser.get("/status", present(from, good)).want(http.StatusOK, "rejected: not-found").wantNoToken(from)
	if p.get("/id").body == id {
		t.Error("the session lives on")
	}
	p.get("/set?key=cart&value=pen").wantToken(from)
	p.get("/read?key=cart").want(http.StatusOK, "pen")
}

func phoneRenews(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	s.handleSession("/renew-and-fail", func(x Exchange, v *session.Session) error {
		if err := v.Renew(x.Context()); err != nil {
			return err
		}
		return x.Fail(http.StatusTeapot)
	})
	p := s.phone(from)
	p.get("/set?key=color&value=red")
	old := p.token
	p.get("/renew").want(http.StatusOK, "renewed").wantToken(from)
	p.browser.get("/status", present(from, old)).want(http.StatusOK, "rejected: renewed").wantNoToken(from)
	p.browser.get("/set?key=color&value=blue", present(from, old)).wantStatus(http.StatusConflict).wantNoToken(from)
	p.get("/renew-and-fail").wantStatus(http.StatusTeapot).wantToken(from) // or the client had a dead one
	p.get("/read?key=color").want(http.StatusOK, "red")
}

func phoneAsksNothing(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	p.get("/plain").want(http.StatusOK, "plain").wantNoToken(from).wantHeader("Vary", "")
	p.get("/read?key=color").want(http.StatusOK, "").wantNoToken(from)
	p.get("/logout").wantStatus(http.StatusSeeOther).wantNoToken(from)
	p.get("/status").want(http.StatusOK, "new")
	p.browser.get("/status").want(http.StatusOK, "new") // without the header
	s.store.wantCalls(t, "visits without a token", "")
	p.browser.get("/login?user=ada").wantToken(from) // which is the only place that there is
}

func phoneStreams(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	s.handleSession("/stream", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		return x.Stream(func(_ *session.Session, send func(string) error) {
			if send("one ") == nil {
				send("two")
			}
		})
	})
	p := s.phone(from)
	p.get("/stream").want(http.StatusOK, "one two").wantToken(from)
	p.get("/read?key=color").want(http.StatusOK, "red")
}

func phoneNotSaved(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	s.store.failOn("save")
	p.get("/set?key=color&value=red").wantStatus(http.StatusServiceUnavailable).wantNoToken(from)
	s.store.mend()
	p.get("/set?key=color&value=red").want(http.StatusOK, "set").wantToken(from)
	s.store.failOn("delete")
	p.get("/logout").wantStatus(http.StatusServiceUnavailable).wantNoToken(from)
	s.store.mend()
	p.get("/read?key=color").want(http.StatusOK, "red")
}

func phoneVary(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	s.handleSession("/varied", func(x Exchange, v *session.Session) error {
		x.SetHeader("Vary", x.Query("vary"))
		x.SetHeader("Cache-Control", "public, max-age=60")
		return x.Write(http.StatusOK, "varied")
	})
	p := s.phone(from)
	p.get("/read?key=color").wantHeader("Vary", from.Header())
	p.get("/set?key=color&value=red").wantHeader("Vary", from.Header())
	p.get("/logout").wantHeader("Vary", from.Header())
	p.get("/varied?vary=Accept-Language").wantHeader("Vary", "Accept-Language, "+from.Header()).wantHeader("Cache-Control", "public, max-age=60")
	p.get("/varied?vary="+from.Header()).wantHeader("Vary", from.Header())
}

func phoneCrossSite(t *testing.T, st *suite, place config.TokenSource) {
	s := st.phoneSite(t, place)
	comeBack(s)
	p := s.phone(place)
	p.get("/paid", from("cross-site")).want(http.StatusOK, "thank you").wantToken(place)
	p.get("/read?key=paid").want(http.StatusOK, "yes")
}
