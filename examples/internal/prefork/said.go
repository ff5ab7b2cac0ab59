package prefork

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"sync"
)

// saidVariable is how the supervisor hands the other workers what the first one
// has logged until it was ready.
const saidVariable = "EXAMPLE_WORKER_SAID"

// said has several workers say once what each of them finds out when it starts,
// which is the same settings and the same store. The first one logs everything
// and notes it. The others leave the same lines out until they are ready.
type said struct {
	mu    sync.Mutex
	ready bool
	lines []string
	skip  bool // those that are in lines
}

// newSaid is that of this process.
func newSaid() *said {
	s := &said{}
	s.skip = json.Unmarshal([]byte(os.Getenv(saidVariable)), &s.lines) == nil
	return s
}

// variable is said for the environment of the other workers.
func variable(lines []string) string {
	text, _ := json.Marshal(lines) // never fails
	return saidVariable + "=" + string(text)
}

// again reports whether r was said before, and notes it.
func (s *said) again(r slog.Record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ready:
		return false
	case s.skip:
		return slices.Contains(s.lines, line(r))
	}
	s.lines = append(s.lines, line(r))
	return false
}

// line is what r says, but for what is each worker's own.
func line(r slog.Record) string {
	text := r.Message
	for a := range r.Attrs {
		if a.Key != "self" && a.Key != "seen" {
			text += " " + a.String()
		}
	}
	return text
}

// done ends it, and returns what was said.
func (s *said) done() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = true
	return s.lines
}

// onto is h without what was said before.
func (s *said) onto(h slog.Handler) slog.Handler { return saidHandler{h, s} }

type saidHandler struct {
	slog.Handler
	said *said
}

func (h saidHandler) Handle(ctx context.Context, r slog.Record) error {
	if h.said.again(r) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h saidHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return saidHandler{h.Handler.WithAttrs(attrs), h.said}
}

func (h saidHandler) WithGroup(name string) slog.Handler {
	return saidHandler{h.Handler.WithGroup(name), h.said}
}
