package debug

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// DefaultCountTimeout is how long a report may count sessions unless told
// otherwise.
const DefaultCountTimeout = 500 * time.Millisecond

// Option changes what New makes.
type Option func(*handler)

// WithRedact has redact see every value that a session report would show,
// and shows what it returns instead. The value is what JSON decodes to, with
// numbers as [encoding/json.Number]. What the report hides by itself redact
// does not get; in production mode, where no value is shown, it is not called.
// It must be safe for concurrent use. Given several times, each one sees what
// the one before it returned.
func WithRedact(redact func(key string, value any) any) Option {
	return func(h *handler) {
		if redact != nil {
			h.redact = append(h.redact, redact)
		}
	}
}

// WithLogger sends the log to l. Default: slog.Default(), which nil means too.
func WithLogger(l *slog.Logger) Option {
	return func(h *handler) { h.log = cmp.Or(l, slog.Default()) }
}

// WithCountTimeout bounds how long a report counts the store's sessions. What
// it has counted by then is reported as inexact. Default
// [DefaultCountTimeout]; 0 or less turns counting off. All that a report asks
// of the store together ends about with --session-timeout.
func WithCountTimeout(d time.Duration) Option {
	return func(h *handler) { h.countTimeout = d }
}

// New returns the handler of everything below /debug/, to be mounted behind
// the middleware of sessions: each adapter's Install and MountDebug do so. It
// returns nil, which mounts nothing, unless the configuration of sessions has
// its DebugEndpoints on. The handler is safe for concurrent use.
//
// It expects to be mounted at /debug and /debug/. For another place put
// [http.StripPrefix] around it.
func New(sessions *session.Manager, opts ...Option) http.Handler {
	cfg := sessions.Config()
	if !cfg.DebugEndpoints {
		return nil
	}
	h := newHandler(sessions, opts)
	h.routes = h.table()
	h.logToken()
	return h
}

// newHandler is a handler that answers nothing yet.
func newHandler(sessions *session.Manager, opts []Option) *handler {
	cfg := sessions.Config()
	h := &handler{&inside{
		sessions:     sessions,
		production:   cfg.Mode == config.Production,
		log:          slog.Default(),
		countTimeout: DefaultCountTimeout,
		gate:         newGate(sessions),
		scrub:        newScrubber(cfg),
		walking:      make(chan struct{}, 1),
	}}
	for _, opt := range opts {
		opt(h)
	}
	sessions.Diagnostics().SetOperator(h.gate.knows)
	h.surveys.ask, h.counts.ask = h.survey, h.tally
	sessions.Diagnostics().Counts() // which begins to count
	return h
}

type handler struct {
	*inside
}

// Format shows nothing of the handler, whatever the verb.
func (h *handler) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "debug handler") }

// inside is what a handler holds, behind a pointer that fmt does not follow.
type inside struct {
	sessions     *session.Manager
	production   bool
	redact       []func(key string, value any) any
	log          *slog.Logger
	countTimeout time.Duration
	gate         gate
	wrongTokens  logLimiter
	slowed       throttle
	scrub        scrubber
	surveys      shared[survey]
	counts       shared[*Count]
	walking      chan struct{} // full while a search goes through the whole store
	routes       []route
}
