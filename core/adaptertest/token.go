package adaptertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// tokenCases are about cookies that lead to no session: never an error, never
// a store call unless the signature holds, and the right reason.
func tokenCases() []testCase {
	return []testCase{
		{"65 an unknown id is never adopted", unknownID},
		{"66 looking up an unknown id creates nothing", unknownCreatesNothing},
		{"67 what is not a token counts as none", notAToken},
		{"74 a tampered token never reaches the store", tampered},
		{"76 a token made for another cookie name is refused", otherName},
		{"67 a token of another key or store says so", otherOrigin},
	}
}

// deadCookie is the cookie of a session that is not in the store any more.
func deadCookie(t *testing.T, s *site) string {
	t.Helper()
	b := s.browser()
	b.get("/set?key=color&value=red")
	cookie, id := b.cookie(), b.id()
	if err := s.Sessions.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.store.took()
	return cookie
}

func unknownID(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	dead := deadCookie(t, s)
	c := s.visit("/set?key=color&value=blue", dead).want(http.StatusOK, "set").wantCookie()
	s.store.wantCalls(t, "a visit with an unknown id that sets a value", "load save")
	// Neither the whole id nor part of it: the id is the second field.
	if old, fresh := strings.Split(dead, ".")[1], strings.Split(c.Value, ".")[1]; old == fresh {
		t.Fatalf("the unknown id %s was adopted", old)
	}
	s.visit("/status", dead).want(http.StatusOK, "rejected: not-found")
	s.visit("/read?key=color", "session="+c.Value).want(http.StatusOK, "blue")
}

func unknownCreatesNothing(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	dead := deadCookie(t, s)
	s.visit("/status", dead).want(http.StatusOK, "rejected: not-found").wantNoCookie()
	s.store.wantCalls(t, "a visit with an unknown id", "load")
}

func notAToken(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	good := strings.TrimPrefix(b.cookie(), "session=")
	s.store.took()
	for name, value := range map[string]string{
		"empty":           "",
		"short":           "x",
		"long":            strings.Repeat("a", 100_000),
		"not base64":      strings.Repeat("%", len(good)),
		"dots":            strings.Repeat(".", len(good)),
		"cut":             good[:len(good)-1],
		"cut in front":    good[1:],
		"doubled":         good + good,
		"quoted":          `"` + good + `"`,
		"another version": "v2" + good[2:],
		"padded":          good + "=",
		"bytes":           "\xff\xfe" + good[2:],
	} {
		a := s.visit("/status", "session="+value)
		if a.status != http.StatusOK || a.body != "rejected: malformed" || a.lookCookie("session") != nil {
			t.Errorf("%s: status %d, body %.200q, Set-Cookie: %q", name, a.status, a.body, a.header.Values("Set-Cookie"))
		}
	}
	s.store.wantCalls(t, "malformed tokens", "")
}

func tampered(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	good, stranger := b.cookie(), b.stranger()
	s.store.took()
	for i := range len(good) {
		if i < len("session=v1.") || good[i] == '.' {
			continue
		}
		other := byte('A')
		if good[i] == other {
			other = 'B'
		}
		bad := good[:i] + string(other) + good[i+1:]
		a := stranger.get("/status", header("Cookie", bad))
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, "rejected: ") || strings.HasSuffix(a.body, "not-found") {
			t.Fatalf("with byte %d changed the status is %d, the body %q", i, a.status, a.body)
		}
	}
	s.store.wantCalls(t, "tampered tokens", "")
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func otherName(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	admin := st.newSiteOn(t, s.store, config.Config{Cookie: config.Cookie{Name: "admin"}})
	c := admin.visit("/set?key=color&value=red").lookCookie("admin")
	if c == nil {
		t.Fatal("the site with another cookie name sets no cookie")
	}
	s.store.took()
	s.visit("/status", "session="+c.Value).want(http.StatusOK, "rejected: bad-signature").wantNoCookie()
	s.store.wantCalls(t, "a token made for another cookie name", "")
}

func otherOrigin(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	foreign := st.newSite(t, config.Config{SecretKey: config.NewSecret("0bJq2mWzv8YcQhS5rT1uXeKdLgN7aFiP9oRyE3wVxZk=")})
	b := foreign.browser()
	b.get("/set?key=color&value=red")
	s.visit("/status", b.cookie()).want(http.StatusOK, "rejected: foreign-key").wantNoCookie()
	s.store.wantCalls(t, "a token of another key", "")
	s.log.wantLine(t, "level=WARN", "foreign-key", "SECRET_KEY")

	elsewhere := st.newSite(t, config.Config{})
	if s.Sessions.Diagnostics().StoreID() == elsewhere.Sessions.Diagnostics().StoreID() {
		t.Skip("the store has no identity")
	}
	b = elsewhere.browser()
	b.get("/set?key=color&value=red")
	s.visit("/status", b.cookie()).want(http.StatusOK, "rejected: foreign-store").wantNoCookie()
	s.store.wantCalls(t, "a token of another store", "load")
	s.log.wantLine(t, "level=WARN", "foreign-store")
}
