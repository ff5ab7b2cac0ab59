package session

import (
	"context"
	"time"
)

// sessionlessCtx is a context that does not lead to the session: a log that looks it
// up for a line of the store's would wait for itself.
type sessionlessCtx struct{ context.Context }

func (s sessionlessCtx) Value(key any) any {
	if key == ContextKey {
		return nil
	}
	return s.Context.Value(key)
}

// sessionlessExchange is sessionlessCtx of an exchange, without an allocation.
type sessionlessExchange Exchange

func (x *sessionlessExchange) Deadline() (time.Time, bool) { return x.ctx.Deadline() }
func (x *sessionlessExchange) Done() <-chan struct{}       { return x.ctx.Done() }
func (x *sessionlessExchange) Err() error                  { return x.ctx.Err() }
func (x *sessionlessExchange) Value(key any) any           { return (*detachedCtx)(x).Value(key) }

func sessionless(ctx context.Context) context.Context {
	switch ctx := ctx.(type) {
	case *Exchange:
		return (*sessionlessExchange)(ctx)
	case *detachedCtx:
		return ctx
	}
	return sessionlessCtx{ctx}
}

// detachedCtx is an exchange as a context that does not end with the request: what
// the handler did is saved, whether or not the browser still waits. It does not
// lead to the session, see sessionlessCtx.
type detachedCtx Exchange

func (*detachedCtx) Deadline() (time.Time, bool) { return time.Time{}, false }
func (*detachedCtx) Done() <-chan struct{}       { return nil }
func (*detachedCtx) Err() error                  { return nil }

func (x *detachedCtx) Value(key any) any {
	if key == ContextKey {
		return nil
	}
	return x.ctx.Value(key)
}
