package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

func TestTokenSources(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]config.TokenSource{
		"cookie":                   {config.TokenCookie},
		" Bearer ":                 {config.TokenBearer},
		"bearer, cookie":           {config.TokenBearer, config.TokenCookie},
		"header:x-session":         {config.TokenHeader("X-Session")},
		"HEADER: x-AUTH-token,":    nil,
		"header:X-Session,cookie":  {"header:X-Session", config.TokenCookie},
		"header:X-A,header:X-B":    {"header:X-A", "header:X-B"},
		"header:session~token!#$%": {config.TokenHeader("session~token!#$%")},
	} {
		cfg, err := parse("--session-token", "header:X-Other", "--session-token", text) // the last one counts
		switch {
		case want == nil && err == nil:
			t.Errorf("%q was accepted: %q", text, cfg.TokenFrom)
		case want != nil && (err != nil || !slices.Equal(cfg.TokenFrom, want)):
			t.Errorf("%q gives %q, %v", text, cfg.TokenFrom, err)
		}
	}
	cfg, err := parse()
	if err != nil || !slices.Equal(cfg.TokenFrom, []config.TokenSource{config.TokenCookie}) {
		t.Errorf("the default is %q, %v", cfg.TokenFrom, err)
	}
	if s := setting(t, config.Config{}, "session-token"); s.Value != "cookie" || s.Source != "default" {
		t.Errorf("%+v", s)
	}
}

func TestTokenSourceHeaders(t *testing.T) {
	t.Parallel()
	for source, want := range map[config.TokenSource][2]string{
		config.TokenCookie:              {"Cookie", "Set-Cookie"},
		config.TokenBearer:              {"Authorization", "Session-Token"},
		config.TokenHeader("x-session"): {"X-Session", "X-Session"},
		"header:x-session":              {"X-Session", "X-Session"},
	} {
		if got := [2]string{source.Header(), source.AnswerHeader()}; got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// Each error says what is wrong and what to write.
func TestTokenSourceErrors(t *testing.T) {
	t.Parallel()
	for text, words := range map[string][]string{
		"":                                       {`SESSION_TOKEN_FROM) is ""`, `"cookie", "bearer", "header:"`},
		"jwt":                                    {`"jwt" is none`},
		"cookie,":                                {`"" is none`},
		"x-session":                              {`"x-session" is none`, `"header:"`},
		"header":                                 {`"header" is none`},
		"header:":                                {"lacks the name", "header:X-Session"},
		"header: ":                               {"lacks the name"},
		"header:a b":                             {"no name of a header"},
		"header:X-Sitzung-ä":                     {"no name of a header"},
		"header:X-A:B":                           {"no name of a header"},
		"header:X_Session":                       {"underscore"},
		"header:cookie":                          {`the word is "cookie"`},
		"header:Set-Cookie":                      {`the word is "cookie"`},
		"header:authorization":                   {`the word is "bearer"`},
		"header:Host":                            {"Host, which browsers, servers or proxies use"},
		"header:Accept-Language":                 {"Accept-Language, which browsers"}, // other sites' pages may set it without a preflight
		"header:Sec-Fetch-Site":                  {"which browsers"},
		"header:X-Forwarded-Proto":               {"which browsers"},
		"header:proxy-authorization":             {"which browsers"},
		"header:Content-Type":                    {"which browsers"},
		"header:Www-Authenticate":                {"which browsers"},
		"header:Dpr":                             {"which browsers"},
		strings.Repeat("bearer,", 16) + "cookie": {"16 places or less"},
		"bearer,cookie,bearer":                   {"names the header Authorization twice"},
		"header:X-Session,header:x-sESSION":      {"names the header X-Session twice"},
	} {
		_, err := parse("--session-token=" + text)
		wantError(t, err, words...)
	}
	err := config.Config{TokenFrom: []config.TokenSource{"header:x-session", "header:X-Session", "Bearer"}}.Validate()
	wantError(t, err, "names the header X-Session twice", `"Bearer" is none`)
	if strings.Contains(err.Error(), "lacks") {
		t.Error(err)
	}
}
