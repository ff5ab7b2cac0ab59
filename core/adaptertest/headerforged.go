package adaptertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// The cases of this file are about headers that lead to no session, or not alone.

func phoneForges(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	good := p.get("/set?key=color&value=red").wantToken(from)
	p.get("/logout")
	s.store.took()

	fresh := p.browser.get("/set?key=color&value=blue", present(from, good)).want(http.StatusOK, "set").wantToken(from)
	s.store.wantCalls(t, "a visit with an unknown id that sets a value", "load save")
	if strings.Split(good, ".")[1] == strings.Split(fresh, ".")[1] {
		t.Fatal("the unknown id was adopted")
	}
	s.store.took()
	other := st.newSiteOn(t, s.store, config.Config{TokenFrom: []config.TokenSource{from}, Cookie: config.Cookie{Name: "admin"}})
	theirs := other.phone(from)
	theirs.get("/set?key=color&value=green").wantToken(from)
	s.store.took()
	flip := map[bool]string{true: "B", false: "A"}[fresh[5] == 'A']
	for _, bad := range []string{theirs.token, fresh[:5] + flip + fresh[6:], fresh[:len(fresh)-22] + "AAAAAAAAAAAAAAAAAAAAAA"} {
		p.browser.get("/status", present(from, bad)).want(http.StatusOK, "rejected: bad-signature").wantNoToken(from)
	}
	s.store.wantCalls(t, "forged tokens", "")
}

func phoneMumbles(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	good := p.get("/set?key=color&value=red").wantToken(from)
	s.store.took()
	for _, text := range []string{"x", "null", "undefined", good + good, good[1:], `"` + good + `"`, good + "=", good + "," + good, good + ";", "session=" + good,
		strings.Repeat("a", 3000), "%" + good[1:], "\xff" + good[1:], "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo"} {
		p.browser.get("/status", present(from, text)).want(http.StatusOK, "rejected: malformed").wantNoToken(from)
	}
	s.store.wantCalls(t, "malformed tokens", "")
	lines := func(lines ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[from.Header()] = lines }
	}
	if from != config.TokenBearer {
		p.browser.get("/read?key=color", lines(" "+good+"\t")).want(http.StatusOK, "red")
		p.browser.get("/status", lines("Bearer "+good)).want(http.StatusOK, "rejected: malformed")
		return
	}
	for _, line := range []string{"bearer " + good, "BEARER " + good, "Bearer   " + good + " "} {
		p.browser.get("/read?key=color", lines(line)).want(http.StatusOK, "red")
	}
	for _, line := range []string{"Basic " + good, "Basic YWRhOnNlY3JldA==", "Bearer", "Bearer ", good, "Bearers " + good, "Token " + good, ""} {
		p.browser.get("/status", lines(line)).want(http.StatusOK, "new")
	}
	p.browser.get("/read?key=color", lines("Basic YWRhOnNlY3JldA==", "Bearer "+good)).want(http.StatusOK, "red")
}

func phoneBringsSeveral(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	ada, bob := s.phone(from), s.phone(from)
	ada.get("/login?user=ada")
	bob.get("/login?user=bob")
	both := func(tokens ...string) func(*http.Request) {
		return func(r *http.Request) {
			for _, token := range tokens {
				one := &http.Request{Header: http.Header{}}
				present(from, token)(one)
				r.Header.Add(from.Header(), one.Header.Get(from.Header()))
			}
		}
	}
	ada.browser.get("/user", both("junk", ada.token)).want(http.StatusOK, "ada")
	ada.browser.get("/user", both(ada.token, bob.token)).want(http.StatusOK, "")
	ada.browser.get("/status", both(bob.token, ada.token)).want(http.StatusOK, "rejected: ambiguous")
	ada.get("/user").want(http.StatusOK, "ada")
}

func phoneBringsCookie(t *testing.T, st *suite, from config.TokenSource) {
	s := st.phoneSite(t, from)
	p := s.phone(from)
	p.get("/login?user=ada")
	for _, line := range []string{"session=" + p.token, "__Host-session=" + p.token} {
		p.browser.get("/status", header("Cookie", line)).want(http.StatusOK, "new").wantNoCookie()
		p.browser.get("/logout", header("Cookie", line)).wantStatus(http.StatusSeeOther).wantNoCookie()
	}
	p.get("/user", header("Cookie", "session=junk")).want(http.StatusOK, "ada")
}
