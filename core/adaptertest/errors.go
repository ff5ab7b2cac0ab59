package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// errorCases are about errors that handlers return: which of them are the
// kit's, and who answers them.
func errorCases() []testCase {
	return []testCase{
		{"an error of the kit has the status that suits it, and its text stays here", kitErrors},
		{"135 an error of the kit reaches the app's error handler whole", kitErrorHandled},
		{"135 an error of the app's reaches the app's error handler as it was", appErrorHandled},
		{"a browser that left is a 499, and a deadline a 503", contextErrors},
		{"what is answered with 500 is in the log", fatalErrorsLogged},
		{"136 a context that was replaced is named", contextReplaced},
		{"136 a middleware in the wrong place is not taken for that", contextNotReplaced},
		{"a preflight is no way past RequireUser", preflight},
	}
}

var kitsErrors = map[string]struct {
	err    error
	status int
}{
	"gone":        {session.ErrGone, http.StatusConflict},
	"destroyed":   {fmt.Errorf("checkout: %w", session.ErrDestroyed), http.StatusConflict},
	"too-large":   {session.ErrTooLarge, http.StatusRequestEntityTooLarge},
	"unavailable": {fmt.Errorf("%w: %w", session.ErrUnavailable, StatusError(http.StatusTeapot)), http.StatusServiceUnavailable},
	"full":        {session.ErrStoreFull, http.StatusServiceUnavailable},
	"contended":   {errors.Join(session.ErrContended, session.ErrGone), http.StatusServiceUnavailable},
	"closed":      {session.ErrClosed, http.StatusServiceUnavailable},
	"denied":      {auth.ErrNotLoggedIn, http.StatusUnauthorized},
	"user":        {fmt.Errorf("%w: too long", auth.ErrInvalidUser), http.StatusBadRequest},
	"label":       {fmt.Errorf("%w: too long", session.ErrInvalidLabel), http.StatusBadRequest},
	"late":        {session.ErrHeadersSent, http.StatusInternalServerError},
	"key":         {fmt.Errorf("%w: it is empty", session.ErrInvalidKey), http.StatusInternalServerError},
	"type":        {&session.TypeError{Key: "n", Want: "int", Op: "decode", Err: errors.New("not a number")}, http.StatusInternalServerError},
	"context":     {session.ErrNoMiddleware, http.StatusInternalServerError},
}

// failWith adds a route that returns the error of kitsErrors that is asked for.
func (s *site) failWith() {
	s.handle("/fail", func(x Exchange) error { return kitsErrors[x.Query("with")].err })
}

func kitErrors(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.failWith()
	b := s.browser()
	for with, want := range kitsErrors {
		a := b.get("/fail?with=" + with).wantStatus(want.status)
		if strings.Contains(a.body, "session:") || strings.Contains(a.body, "auth:") {
			t.Errorf("%s: the visitor is told %q", with, a.body)
		}
		retry := ""
		if want.status == http.StatusServiceUnavailable {
			retry = "1"
		}
		a.wantHeader("Retry-After", retry)
	}
	b.get("/login?user=").wantStatus(http.StatusBadRequest).wantNoCookie()
}

func kitErrorHandled(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.failWith()
	s.OnError = func(x Exchange, err error) error {
		want := kitsErrors[x.Query("with")].err
		return x.Write(http.StatusTeapot, fmt.Sprint(errors.Is(err, want)))
	}
	b := s.browser()
	for with := range kitsErrors {
		b.get("/fail?with="+with).want(http.StatusTeapot, "true")
	}
}

// ownError is an app's, as it might well be.
type ownError struct{ cause error }

func (ownError) Error() string   { return "that name is taken" }
func (ownError) HTTPStatus() int { return http.StatusUnprocessableEntity }
func (e ownError) Unwrap() error { return e.cause }

func appErrorHandled(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	own := map[string]error{
		"plain":   errors.New("sold out"),
		"status":  ownError{},
		"wrapped": fmt.Errorf("checkout: %w", ownError{}),
		"around":  ownError{session.ErrGone}, // the app has decided what it makes of that
	}
	s.handle("/own", func(x Exchange) error { return own[x.Query("with")] })
	s.OnError = func(x Exchange, err error) error {
		return x.Write(http.StatusTeapot, fmt.Sprint(err == own[x.Query("with")]))
	}
	b := s.browser()
	for with := range own {
		b.get("/own?with="+with).want(http.StatusTeapot, "true")
	}
}

func contextErrors(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	for path, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"/left":     func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
		"/too-late": func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 0) },
	} {
		s.handleSession(path, func(x Exchange, v *session.Session) error {
			if err := session.Set(v, "color", "red"); err != nil {
				return err
			}
			ctx, cancel := end(x.Context())
			cancel()
			return v.Commit(ctx)
		})
		s.handleSession(path+"/renew", func(x Exchange, v *session.Session) error {
			ctx, cancel := end(x.Context())
			cancel()
			return fmt.Errorf("checkout: %w", v.Renew(ctx))
		})
	}
	b := s.browser()
	for _, more := range []string{"", "/renew"} {
		b.get("/left" + more).wantStatus(499)
		b.get("/too-late"+more).wantStatus(http.StatusServiceUnavailable).wantHeader("Retry-After", "1")
	}
}

func fatalErrorsLogged(t *testing.T, st *suite) {
	for with, want := range kitsErrors {
		if want.status != http.StatusInternalServerError {
			continue
		}
		s := st.newSite(t, config.Config{})
		s.failWith()
		s.browser().get("/fail?with=" + with).wantStatus(http.StatusInternalServerError)
		if with == "context" {
			s.log.awaitLine(t, "level=ERROR", "context-replaced", "/fail")
			continue
		}
		s.log.wantLine(t, "level=ERROR", "answered with 500", "/fail")
	}
}

// contextReplaced: the session is found all the same, or the finding says why it
// is not. Nobody passes RequireUser who should not.
func contextReplaced(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.LoseContext = true
	s.private("/inside", nil)
	s.handle("/enter", func(x Exchange) error {
		v, err := x.Session()
		if err != nil {
			return err
		}
		if err := v.RenewAs(context.WithoutCancel(x.Context()), "ada"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "entered")
	})
	b := s.browser()
	if a := b.get("/enter"); a.status == http.StatusOK {
		a.wantCookie()
		b.get("/inside").want(http.StatusOK, "only for ada")
		b.get("/read?key=color").want(http.StatusOK, "")
		s.browser().get("/inside").wantStatus(http.StatusUnauthorized)
		return
	}
	for _, path := range []string{"/inside", "/enter"} {
		b.get(path).wantStatus(http.StatusInternalServerError)
	}
	s.log.awaitLine(t, "level=ERROR", "context-replaced", "/enter")
	for _, route := range []string{"/enter", "/inside"} {
		s.wantFinding("context-replaced", "middleware-order", route)
	}
}

// wantFinding fails unless the finding of the id names the route and that of the
// other id does not. They also name routes of other apps in this process.
func (s *site) wantFinding(id, other, route string) {
	s.t.Helper()
	found := s.Sessions.Diagnostics().Findings(s.t.Context())
	names := func(id string) bool {
		return slices.ContainsFunc(found, func(f check.Finding) bool { return f.ID == id && strings.Contains(f.Message, "GET "+route) })
	}
	if !names(id) || names(other) {
		s.t.Errorf("%s: findings %v", route, found)
	}
}

func contextNotReplaced(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	installed := s.Sessions // somewhere in the process, and not in this app
	s.Sessions = nil
	s.private("/outside", nil)
	s.handleSession("/outside/read", func(x Exchange, _ *session.Session) error { return x.Write(http.StatusOK, "read") })
	b := s.browser()
	for _, path := range []string{"/outside", "/outside/read"} {
		b.get(path).wantStatus(http.StatusInternalServerError)
	}
	s.log.awaitLine(t, "level=ERROR", "middleware-order", "/outside")
	s.Sessions = installed
	s.wantFinding("middleware-order", "context-replaced", "/outside/read")
}

// preflight: browsers send one without cookies, so it is answered outside of
// RequireUser. Let through, it would be a way to the handler for everybody.
func preflight(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Routes = append(s.Routes, Route{
		Method: http.MethodOptions, Path: "/private", RequireUser: true,
		Handle: func(x Exchange) error { return x.Write(http.StatusOK, "secret") },
	})
	a, err := s.browser().try("/private", func(r *http.Request) { r.Method = http.MethodOptions },
		header("Origin", "https://other.example"), header("Access-Control-Request-Method", "DELETE"))
	if err != nil {
		t.Fatal(err)
	}
	if a.wantStatus(http.StatusUnauthorized); strings.Contains(a.body, "secret") {
		t.Error("the handler has run")
	}
}
