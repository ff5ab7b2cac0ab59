// Package otelsession shows sessions in the traces of OpenTelemetry: a span for each
// call of the store, below the request's own, and on the request's span whose session
// it is, or why it has none:
//
//	sessions, err := session.NewManager(ctx, cfg, store,
//		session.WithObserver(otelsession.Observer(otel.GetTracerProvider())))
//
// The middleware that begins the request's span belongs outside the session's. It is
// a module of its own, so that an app without OpenTelemetry gets nothing of it.
package otelsession
