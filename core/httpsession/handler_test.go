package httpsession_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

var errSoldOut = errors.New("sold out: 3 of item 17 left")

// serve answers one request with h inside the middleware, and returns what was
// logged beside the answer.
func serve(t *testing.T, h http.Handler, opts ...httpsession.Option) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0), session.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	recorder := httptest.NewRecorder()
	httpsession.Middleware(m, opts...)(h).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/shop", nil))
	return recorder, log.String()
}

// What a handler returns is answered with its status, and what is nobody's
// business stays here.
func TestHandlerFunc(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err    error
		status int
		logged bool
	}{
		"nothing":     {nil, http.StatusOK, false},
		"denied":      {auth.ErrNotLoggedIn, http.StatusUnauthorized, false},
		"unavailable": {fmt.Errorf("cart: %w", session.ErrUnavailable), http.StatusServiceUnavailable, false},
		"left":        {context.Canceled, 499, false},
		"the app's":   {errSoldOut, http.StatusInternalServerError, true},
	} {
		recorder, log := serve(t, httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Encoding", "gzip")
			s, err := httpsession.Get(r)
			if err != nil {
				return err
			}
			if err := session.Set(s, "n", 1); err != nil {
				return err
			}
			return tc.err
		}))
		body := recorder.Body.String()
		if recorder.Code != tc.status || strings.Contains(body, "sold out") || tc.err != nil && recorder.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: status %d, %v, body %q", name, recorder.Code, recorder.Header(), body)
		}
		if recorder.Header().Get("Set-Cookie") == "" {
			t.Errorf("%s: what the handler had changed is not saved", name)
		}
		if strings.Contains(log, "item 17") != tc.logged {
			t.Errorf("%s: the log has %q", name, log)
		}
	}
	recorder := httptest.NewRecorder()
	httpsession.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return auth.ErrNotLoggedIn }).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if recorder.Code != http.StatusUnauthorized {
		t.Errorf("without the middleware: %d", recorder.Code)
	}
}

// The app's error handler answers, however deep the handler is.
func TestHandlerFuncWithErrorHandler(t *testing.T) {
	t.Parallel()
	teapot := httpsession.WithErrorHandler(func(w http.ResponseWriter, r *http.Request, err error) {
		if err != errSoldOut {
			t.Errorf("got %v", err)
		}
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "sorry")
	})
	h := httpsession.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return errSoldOut })
	for name, h := range map[string]http.Handler{
		"at once":          h,
		"inside a timeout": http.TimeoutHandler(h, time.Minute, ""),
		"inside a context": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
		}),
		"inside another middleware": httpsession.Middleware(newManager(t))(h),
	} {
		if recorder, log := serve(t, h, teapot); recorder.Code != http.StatusTeapot || recorder.Body.String() != "sorry" || log != "" {
			t.Errorf("%s: status %d, body %q, log %q", name, recorder.Code, recorder.Body, log)
		}
	}
}

type key struct{}

// An answer that has begun stays as it is, and the error is in the log.
func TestHandlerFuncThatHasBegun(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errSoldOut, context.Canceled} {
		recorder, log := serve(t, httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			io.WriteString(w, "half a page")
			return err
		}), httpsession.WithErrorHandler(func(http.ResponseWriter, *http.Request, error) { t.Error("the error handler was asked") }))
		if recorder.Code != http.StatusOK || recorder.Body.String() != "half a page" {
			t.Errorf("status %d, body %q", recorder.Code, recorder.Body)
		}
		if logged := strings.Contains(log, "item 17"); logged != (err == errSoldOut) {
			t.Errorf("%v: the log has %q", err, log)
		}
	}
}
