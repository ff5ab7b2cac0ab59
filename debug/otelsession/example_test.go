package otelsession_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/otelsession"
)

func ExampleObserver() {
	spans := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)) // or otel.GetTracerProvider()
	sessions, err := session.NewManager(context.Background(), config.Config{Mode: config.Test}, memstore.New(0),
		session.WithLogger(slog.New(slog.DiscardHandler)), session.WithObserver(otelsession.Observer(provider)))
	if err != nil {
		panic(err)
	}
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(httpsession.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		s, err := httpsession.Get(r)
		if err != nil {
			return err
		}
		return session.Set(s, "color", "red")
	}))
	ctx, request := provider.Tracer("app").Start(context.Background(), "POST /color") // what a middleware for tracing does
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "POST", "/color", nil))
	request.End()
	for _, s := range spans.Ended() {
		fmt.Println(s.Name())
	}
	// Output:
	// session save
	// POST /color
}
