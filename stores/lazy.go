package stores

import (
	"log/slog"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Lazy is a manager that its first use opens, for apps that keep their sessions
// in a package-level variable, or change settings after they have made it. It is
// safe for concurrent use.
type Lazy struct {
	*lazy
}

type lazy struct {
	open func() (*session.Manager, error)

	mu      sync.Mutex
	opening chan struct{} // closed when the open under way has ended; nil for none
	manager *session.Manager
	err     error
	tried   time.Time
	closed  bool
}

// retryOpen is how long the error of an open counts for all who ask.
const retryOpen = 5 * time.Second

// NewLazy returns a manager that open will open, and does nothing else.
func NewLazy(open func() (*session.Manager, error)) *Lazy { return &Lazy{lazy: &lazy{open: open}} }

// Manager returns the manager. The first call opens it, and others wait for that.
// When it cannot be opened the error is logged, at once, and returned to all who
// ask; after 5 seconds whoever asks tries again, while the others still get the
// error. After Close it is session.ErrClosed.
func (l *Lazy) Manager() (*session.Manager, error) {
	l.mu.Lock()
	for l.opening != nil && l.err == nil {
		wait := l.opening
		l.mu.Unlock()
		<-wait
		l.mu.Lock()
	}
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, session.ErrClosed
	case l.manager != nil:
		return l.manager, nil
	case l.opening != nil || l.err != nil && time.Since(l.tried) < retryOpen:
		return nil, l.err
	}
	l.opening = make(chan struct{})
	l.mu.Unlock()
	m, err := l.open()
	l.mu.Lock()
	close(l.opening)
	l.opening, l.tried = nil, time.Now()
	if err != nil {
		if l.err == nil || l.err.Error() != err.Error() {
			slog.Error("session: cannot be opened: no request gets a session until it can", "error", err)
		}
		l.err = err
		return nil, err
	}
	if l.closed {
		m.Close()
		return nil, session.ErrClosed
	}
	l.manager, l.err = m, nil
	return m, nil
}

// Close closes the manager if it was opened. It may be called twice.
func (l *Lazy) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	if l.closed = true; l.manager == nil {
		return nil
	}
	return l.manager.Close()
}
