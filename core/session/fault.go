package session

import (
	"context"
	"errors"
	"log/slog"

	"github.com/gosessionkit/sessionkit/core/diagnose"
)

// Run calls next, which is all that happens inside the session middleware. It
// is for adapters: see [diagnose.Within].
func (x *Exchange) Run(next func()) { diagnose.Within(next) }

// Fault notes an error that an adapter answers with 500, so that the log has
// the cause which the answer keeps to itself. where is that of [diagnose.ReportMissingMiddleware].
func Fault(ctx context.Context, where string, err error) {
	if errors.Is(err, ErrNoMiddleware) {
		diagnose.ReportMissingMiddleware(where)
		return
	}
	log := slog.Default()
	if x, ok := ctx.Value(ContextKey).(*Exchange); ok {
		log = x.manager.log
	}
	log.LogAttrs(ctx, slog.LevelError, "session: answered with 500", slog.String("route", where), slog.Any("error", err))
}
