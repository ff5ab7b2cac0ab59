package adaptertest

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var errStuck = errors.New("adaptertest: waited in vain")

// gate holds a handler until the case lets it go on.
type gate struct{ reached, open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}), make(chan struct{})} }

// pass is for the handler: it says that it has come so far, and waits.
func (g *gate) pass() error {
	close(g.reached)
	return await(g.open)
}

// await waits until the handler has come to the gate.
func (g *gate) await(t testing.TB) {
	t.Helper()
	if err := await(g.reached); err != nil {
		t.Fatalf("the handler did not come so far: %v", err)
	}
}

// release lets the handler go on.
func (g *gate) release() { close(g.open) }

// barrier lets n handlers go on when all have come.
type barrier struct {
	mu   sync.Mutex
	left int
	open chan struct{}
}

func newBarrier(n int) *barrier { return &barrier{left: n, open: make(chan struct{})} }

func (b *barrier) pass() error {
	b.mu.Lock()
	if b.left--; b.left == 0 {
		close(b.open)
	}
	b.mu.Unlock()
	return await(b.open)
}

func await(c <-chan struct{}) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c:
		return nil
	case <-timer.C:
		return errStuck
	}
}

// logbook keeps what a manager logs.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write implements io.Writer.
func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// count tells how many lines of the log have text in them.
func (l *logbook) count(text string) (n int) {
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// wantLine fails unless one line of the log has all parts.
func (l *logbook) wantLine(t testing.TB, parts ...string) {
	t.Helper()
	if !l.hasLine(parts...) {
		t.Fatalf("no line of the log has %q:\n%s", parts, l)
	}
}

// awaitLine is wantLine for what another app in this process may have shown
// first, and is about to log.
func (l *logbook) awaitLine(t testing.TB, parts ...string) {
	t.Helper()
	for end := time.Now().Add(patience); !l.hasLine(parts...) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	l.wantLine(t, parts...)
}

func (l *logbook) hasLine(parts ...string) bool {
	for line := range strings.Lines(l.String()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			return true
		}
	}
	return false
}
