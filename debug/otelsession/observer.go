package otelsession

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/gosessionkit/sessionkit/core/event"
)

// The attributes. The id is the short one of logs and debug pages, under the name
// that the semantic conventions have for it; no cookie can be made of it. Who is
// logged in is in no span.
const (
	SessionID       = attribute.Key("session.id")
	SessionPrevious = attribute.Key("session.previous_id")
	SessionEvent    = attribute.Key("sessionkit.event")     // "loaded", "rejected", ...: the last of the request's
	SessionReason   = attribute.Key("sessionkit.reason")    // why a cookie led to no session
	Operation       = attribute.Key("sessionkit.operation") // of the store: "load", "save", "touch", "delete"
	Conflicts       = attribute.Key("sessionkit.conflicts") // how often a save was tried again
	Requests        = attribute.Key("sessionkit.requests")  // how many requests' changes a save carried
)

const name = "github.com/gosessionkit/sessionkit/debug/otelsession"

// Observer makes spans with a tracer of provider, for [session.WithObserver]. Where
// the request has no span that is recorded it makes none.
func Observer(provider trace.TracerProvider) event.Observer {
	tracer := provider.Tracer(name)
	return func(ctx context.Context, e event.Event) {
		request := trace.SpanFromContext(ctx)
		if !request.IsRecording() {
			return
		}
		switch e.Kind {
		case event.Called:
			called(ctx, tracer, e)
			return
		case event.Answered: // as every request is
			return
		}
		var about []attribute.KeyValue
		if e.Session != (event.Event{}).Session {
			about = append(about, SessionID.String(e.Session.Short()))
		}
		if e.Previous != (event.Event{}).Previous {
			about = append(about, SessionPrevious.String(e.Previous.Short()))
		}
		if e.Reason != "" {
			about = append(about, SessionReason.String(e.Reason))
		}
		if e.Requests > 0 {
			about = append(about, Conflicts.Int(e.Conflicts), Requests.Int(e.Requests))
		}
		request.SetAttributes(append(about, SessionEvent.String(string(e.Kind)))...)
	}
}

// called makes the span of a call that has just ended.
func called(ctx context.Context, tracer trace.Tracer, e event.Event) {
	end := time.Now()
	_, span := tracer.Start(ctx, "session "+e.Operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(end.Add(-e.Took)),
		trace.WithAttributes(Operation.String(e.Operation), SessionID.String(e.Session.Short())))
	if e.Err != nil {
		span.RecordError(e.Err)
		span.SetStatus(codes.Error, "the store failed")
	}
	span.End(trace.WithTimestamp(end))
}
