package session_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

const custom = config.TokenSource("header:X-Session")

// taking is a configuration of an app that takes tokens from the places.
func taking(places ...config.TokenSource) config.Config {
	cfg := testConfig()
	cfg.TokenFrom = places
	return cfg
}

// bearing are headers with the token.
func bearing(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// request makes one with the headers, and returns what its answer needs.
func request(t *testing.T, m *session.Manager, in session.Incoming, do func(s *session.Session)) session.Outgoing {
	t.Helper()
	ctx, x, _ := sessiontest.Open(t.Context(), m, in)
	do(from(t, ctx))
	out, err := x.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func setsValue(t *testing.T) func(s *session.Session) {
	return func(s *session.Session) { set(t, s, "color", "red") }
}

func wantStatus(t *testing.T, status string, place config.TokenSource) func(s *session.Session) {
	return func(s *session.Session) {
		t.Helper()
		want(t, "status", s.Status().String(), status)
		want(t, "place", s.Status().From, place)
	}
}

// An adapter that hands no headers over knows cookies alone, and so its app has
// sessions whatever is configured.
func TestTokenSourcesWithoutHeaders(t *testing.T) {
	t.Parallel()
	m := newManager(t, taking(config.TokenBearer), memstore.New(0))
	out := request(t, m, session.Incoming{}, setsValue(t))
	if out.SetCookie == "" || out.TokenHeader != "" || !out.Vary {
		t.Errorf("%+v", out)
	}
	cookie, _, _ := strings.Cut(out.SetCookie, ";")
	request(t, m, session.Incoming{Cookies: []string{cookie}}, wantStatus(t, "loaded", config.TokenCookie))
	request(t, m, session.Incoming{Cookies: []string{cookie}, Header: http.Header{}}, wantStatus(t, "new", config.TokenBearer))
}

// What an earlier key has signed, or what was signed for the name that the cookie
// had before __Host-, is replaced.
func TestTokenInHeaderIsIssuedAnew(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	first := newManager(t, config.Config{Mode: config.Development, SecretKey: config.NewSecret(strings.Repeat("old!", 8)), TokenFrom: []config.TokenSource{config.TokenBearer}}, store)
	old := request(t, first, session.Incoming{Header: http.Header{}}, setsValue(t)).Token

	cfg := config.Config{Mode: config.Development, SecretKey: config.NewSecret(strings.Repeat("new!", 8)), SecretKeyFallbacks: []config.Secret{config.NewSecret(strings.Repeat("old!", 8))},
		TokenFrom: []config.TokenSource{config.TokenBearer}}
	rotated := newManager(t, cfg, store)
	out := request(t, rotated, session.Incoming{Header: bearing(old)}, wantStatus(t, "loaded", config.TokenBearer))
	if out.Token == "" || out.Token == old || out.TokenHeader != "Session-Token" || !out.NoStore || out.SetCookie != "" {
		t.Errorf("after a change of the key: %+v", out)
	}

	cfg.Cookie.Name = "__Host-session"
	renamed := newManager(t, cfg, store)
	for _, token := range []string{old, out.Token} {
		again := request(t, renamed, session.Incoming{Header: bearing(token)}, wantStatus(t, "loaded", config.TokenBearer))
		if again.Token == "" || again.Token == token {
			t.Errorf("after a change of the name: %+v", again)
		}
		out := request(t, renamed, session.Incoming{Header: bearing(again.Token)}, wantStatus(t, "loaded", config.TokenBearer))
		want(t, "a token that is right", out.Token, "")
	}
	forged := old[:len(old)-22] + "AAAAAAAAAAAAAAAAAAAAAA"
	request(t, renamed, session.Incoming{Header: bearing(forged)}, wantStatus(t, "rejected: bad-signature", config.TokenBearer))
}

func TestNamedTokenSources(t *testing.T) {
	t.Parallel()
	mixed := newManager(t, taking(config.TokenBearer, config.TokenCookie), memstore.New(0))
	api := newManager(t, taking(config.TokenBearer), memstore.New(0))

	cart, err := mixed.Named("cart")
	if err != nil {
		t.Fatal(err)
	}
	request(t, cart, session.Incoming{Header: bearing("x")}, wantStatus(t, "new", config.TokenCookie))

	cart, err = api.Named("cart", session.WithTokenFrom(custom))
	if err != nil {
		t.Fatal(err)
	}
	out := request(t, cart, session.Incoming{Header: bearing("x")}, setsValue(t))
	want(t, "header", out.TokenHeader, "X-Session")
	request(t, cart, session.Incoming{Header: http.Header{"X-Session": {out.Token}}}, wantStatus(t, "loaded", custom))
	request(t, api, session.Incoming{Header: bearing(out.Token)}, wantStatus(t, "rejected: bad-signature", config.TokenBearer))

	for name, options := range map[string][]session.Option{
		"the header Authorization has the tokens of the manager": nil,
		"the header Authorization has":                           {session.WithTokenFrom(config.TokenCookie, config.TokenBearer)},
		`must be "cookie", "bearer", "header:"`:                  {session.WithTokenFrom("jwt")},
	} {
		if _, err := api.Named("cart", options...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error with %q, got %v", name, err)
		}
	}
	if _, err := session.NewManager(t.Context(), testConfig(), memstore.New(0), session.WithTokenFrom(config.TokenHeader("Host"))); err == nil {
		t.Error("the header Host was accepted")
	}
}

// A predecessor's sessions are behind cookies.
func TestPredecessorAndTokensInHeaders(t *testing.T) {
	t.Parallel()
	asked := 0
	old := driver.Predecessor{Cookie: "old", Load: func(context.Context, string) (*driver.Inheritance, error) {
		asked++
		return &driver.Inheritance{User: "ada"}, nil
	}}
	m := newManager(t, taking(config.TokenBearer, config.TokenCookie), memstore.New(0), session.WithPredecessor(old))
	cookies := []string{"old=x"}
	request(t, m, session.Incoming{Cookies: cookies, Header: bearing("junk")}, wantStatus(t, "rejected: malformed", config.TokenBearer))
	request(t, m, session.Incoming{Cookies: cookies, Header: bearing("")}, wantStatus(t, "new", config.TokenBearer))
	want(t, "asked", asked, 0)
	out := request(t, m, session.Incoming{Cookies: cookies, Header: http.Header{}}, wantStatus(t, "migrated", config.TokenCookie))
	if out.SetCookie == "" || asked != 1 {
		t.Errorf("%+v, asked %d times", out, asked)
	}
}

func TestTokenInHeader(t *testing.T) {
	t.Parallel()
	mixed, cookieFirst := taking(config.TokenBearer, custom, config.TokenCookie), taking(config.TokenCookie, config.TokenBearer)
	cookie := func(h http.Header, line string) http.Header { h.Set("Cookie", line); return h }
	for _, c := range []struct {
		name string
		cfg  config.Config
		h    http.Header
		want bool
	}{
		{"nothing", mixed, http.Header{}, false},
		{"a cookie", mixed, cookie(http.Header{}, "session=x"), false},
		{"a token", mixed, bearing("x"), true},
		{"a token and a cookie", mixed, cookie(bearing("x"), "session=x"), true},
		{"an empty header", mixed, http.Header{"X-Session": {""}}, true},
		{"Basic", mixed, cookie(http.Header{"Authorization": {"Basic x"}}, "session=x"), false},
		{"Basic alone", mixed, http.Header{"Authorization": {"Basic x"}}, false},
		{"a token, where the cookie goes before it", cookieFirst, cookie(bearing("x"), "session=x"), false},
		{"a token, and somebody else's cookie", cookieFirst, cookie(bearing("x"), "theme=x"), true},
		{"another header", cookieFirst, http.Header{"X-Session": {"x"}}, false},
		{"cookies alone", testConfig(), bearing("x"), false},
		{"an API without a token", taking(config.TokenBearer), cookie(http.Header{}, "session=x"), false},
	} {
		want(t, c.name, session.Incoming{Cookies: c.h["Cookie"], Header: c.h}.TokenInHeader(newManager(t, c.cfg, memstore.New(0))), c.want)
	}
}

// The words are those of tokens, not of cookies.
func TestTokenRejectionsInTheLog(t *testing.T) {
	t.Parallel()
	log := &logLines{}
	m := newManager(t, taking(config.TokenBearer), memstore.New(0), log.option())
	other := testConfig()
	other.SecretKey, other.TokenFrom = config.NewSecret(strings.Repeat("abc!", 8)), []config.TokenSource{config.TokenBearer}
	foreign := request(t, newManager(t, other, memstore.New(0)), session.Incoming{Header: http.Header{}}, setsValue(t)).Token
	request(t, m, session.Incoming{Header: bearing(foreign)}, wantStatus(t, "rejected: foreign-key", config.TokenBearer))
	request(t, m, session.Incoming{Header: bearing("junk")}, wantStatus(t, "rejected: malformed", config.TokenBearer))
	lines := log.with("msg", "session: token not accepted")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for reason := range m.Diagnostics().Rejections() {
		meaning, fix := m.Diagnostics().Explain(reason)
		for _, text := range []string{meaning, fix} {
			if strings.Contains(text, "browser") || strings.Contains(strings.ReplaceAll(text, "cookie name", ""), "cookie") {
				t.Errorf("%s: %q", reason, text)
			}
		}
		if meaning == "" || fix == "" {
			t.Errorf("%s: %q, %q", reason, meaning, fix)
		}
	}
	if strings.Contains(log.text.String(), foreign[3:]) {
		t.Error("the log has the token")
	}
	if meaning, _ := m.Diagnostics().ExplainToken(config.TokenCookie, diagnose.ReasonMalformed, driver.StoreID{}); !strings.Contains(meaning, "cookie") {
		t.Error(meaning)
	}
}

// A token that goes out over plain http in production is reported.
func TestTokenOverHTTP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		mode  config.Mode
		in    session.Incoming
		trust bool
		want  uint64
	}{
		{"plain", config.Production, session.Incoming{}, false, 1},
		{"TLS", config.Production, session.Incoming{TLS: true}, false, 0},
		{"a proxy", config.Production, session.Incoming{ForwardedProto: "https"}, true, 0},
		{"development", config.Development, session.Incoming{}, false, 0},
	} {
		cfg := inMode(c.mode)
		cfg.TokenFrom, cfg.TrustProxy = []config.TokenSource{custom}, c.trust
		m := newManager(t, cfg, memstore.New(0))
		c.in.Header = http.Header{}
		request(t, m, c.in, setsValue(t))
		request(t, m, c.in, func(s *session.Session) {})
		want(t, c.name, m.Diagnostics().Facts(t.Context()).Observed.TokenOverHTTP.Count, c.want)
		want(t, c.name, m.Diagnostics().Facts(t.Context()).Observed.SecureOverHTTP.Count, 0)
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	want(t, "no middleware", (*session.Exchange)(nil).Challenge(), "")
	cfg := taking(config.TokenBearer, config.TokenCookie)
	cfg.Cookie.Name = "__Host-shop"
	m := newManager(t, cfg, memstore.New(0))
	challenge := func(m *session.Manager, in session.Incoming, ask bool) string {
		ctx, x, _ := sessiontest.Open(t.Context(), m, in)
		if ask {
			if _, err := auth.Require(ctx); !auth.IsDenied(err) {
				t.Fatal(err)
			}
		}
		return x.Challenge()
	}
	const plain, invalid = `Bearer realm="shop"`, `Bearer realm="shop", error="invalid_token"`
	want(t, "no token", challenge(m, session.Incoming{Header: http.Header{}}, true), plain)
	want(t, "a bad cookie", challenge(m, session.Incoming{Cookies: []string{"__Host-shop=x"}, Header: http.Header{}}, true), plain)
	want(t, "a bad token", challenge(m, session.Incoming{Header: bearing("x")}, true), invalid)
	want(t, "an empty one", challenge(m, session.Incoming{Header: bearing("")}, true), plain)
	want(t, "nobody asked", challenge(m, session.Incoming{Header: bearing("x")}, false), plain)
	want(t, "cookies alone", challenge(memoryManager(t), session.Incoming{Header: bearing("x")}, true), "")
	want(t, "another header", challenge(newManager(t, taking(custom), memstore.New(0)), session.Incoming{Header: http.Header{"X-Session": {"x"}}}, true), "")
}

// Headers that a handler changes after the request came in count for nothing.
func TestTokenIsThatOfTheRequest(t *testing.T) {
	t.Parallel()
	m := newManager(t, taking(config.TokenBearer), memstore.New(0))
	token := request(t, m, session.Incoming{Header: http.Header{}}, setsValue(t)).Token
	h := bearing(token)
	ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Header: h})
	h.Del("Authorization")
	want(t, "status", from(t, ctx).Status().String(), "loaded")
	h = http.Header{}
	ctx, _, _ = sessiontest.Open(t.Context(), m, session.Incoming{Header: h})
	h.Set("Authorization", "Bearer "+token)
	want(t, "status", from(t, ctx).Status().String(), "new")
}
