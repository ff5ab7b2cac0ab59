package debug_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
)

func withJSON(asked debug.SessionsRequest) change {
	body, _ := json.Marshal(asked)
	return withBody("application/json", string(body))
}

// withForm sends names and values.
func withForm(pairs ...string) change {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return withBody("application/x-www-form-urlencoded", form.Encode())
}

// operated is an app with an operator, and what its log says.
type operated struct {
	*app
	log *bytes.Buffer
}

func newOperated(t *testing.T, cfg config.Config, store driver.Store) *operated {
	t.Helper()
	var log bytes.Buffer
	cfg.DebugToken = config.NewSecret(testToken)
	return &operated{newApp(t, cfg, store, debug.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))), &log}
}

// login returns the cookie of somebody who logs in.
func (o *operated) login(user string, options ...auth.LoginOption) string {
	o.t.Helper()
	return sessiontest.Cookie(o.t, o.sessions, func(s *session.Session) error {
		login := session.Login{User: user}
		for _, option := range options {
			option(&login)
		}
		return s.LogIn(o.t.Context(), login)
	}).Value
}

// user is who is logged in with a cookie, "" for nobody.
func (o *operated) user(cookie string) (user string) {
	o.t.Helper()
	o.in(cookie, func(s *session.Session) error { user = s.User(); return nil })
	return user
}

func (o *operated) find(query string) debug.SessionsReport {
	o.t.Helper()
	return get[debug.SessionsReport](o.app, http.StatusOK, "/debug/sessions?"+query, withToken())
}

func (o *operated) post(asked debug.SessionsRequest) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.do("POST", "/debug/sessions", withToken(), withJSON(asked))
}

func (o *operated) end(asked debug.SessionsRequest) debug.SessionsEnded {
	o.t.Helper()
	return ask[debug.SessionsEnded](o.app, http.StatusOK, "POST", "/debug/sessions", withToken(), withJSON(asked))
}

func (o *operated) problem(status int, asked debug.SessionsRequest) debug.Problem {
	o.t.Helper()
	return ask[debug.Problem](o.app, status, "POST", "/debug/sessions", withToken(), withJSON(asked))
}

// audited are the lines of the log on what the operator has ended.
func (o *operated) audited() (lines []string) {
	for line := range strings.Lines(o.log.String()) {
		if strings.Contains(line, `msg="session: audit"`) {
			lines = append(lines, line)
		}
	}
	return lines
}
