package otelsession_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/otelsession"
)

// traced is an app whose requests have spans.
type traced struct {
	http.Handler
	recorder *tracetest.SpanRecorder
	tracer   trace.Tracer
}

func newTraced(t testing.TB, store driver.Store) *traced {
	t.Helper()
	a := &traced{recorder: tracetest.NewSpanRecorder()}
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(a.recorder))
	a.tracer = provider.Tracer("app")
	sessions, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store,
		session.WithLogger(slog.New(slog.DiscardHandler)), session.WithObserver(otelsession.Observer(provider)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	a.Handler = httpsession.Middleware(sessions)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		if r.URL.Path == "/login" {
			return auth.Login(r.Context(), "ada")
		}
		s, err := session.From(r.Context())
		if err == nil && r.URL.Path == "/count" {
			_, err = session.Update(s, "n", func(n int) (int, error) { return n + 1, nil })
		}
		return err
	}))
	return a
}

// visit returns the spans of one request, its own last, and the cookie.
func (a *traced) visit(path, cookie string) (spans []sdk.ReadOnlySpan, next string) {
	before := len(a.recorder.Ended())
	r := httptest.NewRequest("POST", path, nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	ctx, span := a.tracer.Start(r.Context(), path)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r.WithContext(ctx))
	span.End()
	for _, c := range w.Result().Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return a.recorder.Ended()[before:], cookie
}

func attributes(s sdk.ReadOnlySpan) map[string]string {
	all := map[string]string{}
	for _, kv := range s.Attributes() {
		all[string(kv.Key)] = kv.Value.String()
	}
	return all
}

// Each call of the store is a span below the request's, which says whose session
// it is.
func TestSpans(t *testing.T) {
	t.Parallel()
	a := newTraced(t, memstore.New(0))
	spans, cookie := a.visit("/count", "")
	if len(spans) != 2 || spans[0].Name() != "session save" || spans[0].Parent().SpanID() != spans[1].SpanContext().SpanID() ||
		spans[0].SpanKind() != trace.SpanKindClient || !spans[0].StartTime().Before(spans[0].EndTime()) || spans[0].StartTime().Before(spans[1].StartTime()) {
		t.Fatalf("%v", spans)
	}
	created := attributes(spans[1])
	if len(created["session.id"]) != 8 || created["sessionkit.event"] != "created" || created["sessionkit.requests"] != "1" || created["session.id"] != attributes(spans[0])["session.id"] {
		t.Errorf("%v", created)
	}
	spans, cookie = a.visit("/read", cookie)
	if got := attributes(spans[1]); len(spans) != 2 || spans[0].Name() != "session load" || got["sessionkit.event"] != "loaded" || got["session.id"] != created["session.id"] {
		t.Errorf("%v %v", spans, got)
	}
	spans, now := a.visit("/login", cookie)
	if got := attributes(spans[len(spans)-1]); got["sessionkit.event"] != "logged in" || got["session.previous_id"] != created["session.id"] || got["session.id"] == created["session.id"] {
		t.Errorf("%v", got)
	}
	if spans, _ = a.visit("/read", cookie); attributes(spans[1])["sessionkit.reason"] != "renewed" {
		t.Errorf("%v", attributes(spans[1]))
	}
	for _, s := range a.recorder.Ended() {
		if text := fmt.Sprint(s.Name(), s.Attributes(), s.Events()); strings.Contains(text, "ada") || strings.Contains(text, now[10:]) {
			t.Errorf("a secret, or the user, is in %s", text)
		}
	}
}

type failing struct{ driver.Store }

func (failing) Load(context.Context, driver.ID) (*driver.Record, error) {
	return nil, errors.New("no route to host")
}

// What the store fails is an error of its span; that a session is not there is none.
func TestErrors(t *testing.T) {
	t.Parallel()
	a := newTraced(t, failing{memstore.New(0)})
	_, cookie := a.visit("/count", "")
	spans, _ := a.visit("/count", cookie)
	failed := slices.IndexFunc(spans, func(s sdk.ReadOnlySpan) bool { return s.Status().Code == codes.Error })
	if failed < 0 || spans[failed].Name() != "session load" || len(spans[failed].Events()) != 1 {
		t.Errorf("%v", spans)
	}
}

// A request without a span costs nothing and makes none.
func TestUntraced(t *testing.T) {
	t.Parallel()
	a := newTraced(t, memstore.New(0))
	a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/count", nil))
	if n := len(a.recorder.Started()); n != 0 {
		t.Errorf("%d spans", n)
	}
}
