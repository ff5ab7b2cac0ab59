package session

import (
	"errors"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
)

var (
	// ErrGone: the session was destroyed, renewed away or has expired since
	// this request loaded it. The request's changes are dropped; nothing
	// brings the session back.
	ErrGone = driver.ErrGone

	// ErrDestroyed: this Session was destroyed earlier in this request. Ask
	// for the session again to begin a new one.
	ErrDestroyed = errors.New("session: destroyed earlier in this request")

	// ErrClosed: the store or the manager was closed.
	ErrClosed = driver.ErrClosed

	// ErrContended: other workers kept changing the session for as long as
	// this commit was willing to retry, or another request of this process
	// has been saving it for longer than the timeout. Nothing of this commit
	// was saved, and its changes are kept.
	ErrContended = kiterror.ErrContended

	// ErrTooLarge: the record would exceed the size limit. The error text
	// names the largest key.
	ErrTooLarge = driver.ErrTooLarge

	// ErrStoreFull: a bounded store has no room for another session.
	ErrStoreFull = driver.ErrStoreFull

	// ErrHeadersSent: the session needs a new cookie, and the response's
	// headers have left already.
	ErrHeadersSent = errors.New("session: response headers were already sent, the cookie cannot be set any more")

	// ErrNoMiddleware: the context carries no session.
	ErrNoMiddleware = errors.New("session: no session in this context: install the session middleware before this handler (httpsession.Middleware, chisession.Install, echosession.Install, fibersession.Install or ginsession.Install), and derive contexts from the request's own")

	// ErrInvalidKey: a key is empty, too long, not UTF-8, or begins with "_",
	// which is kept for the kit's own values.
	ErrInvalidKey = errors.New("session: invalid key")

	// ErrUnavailable: the store could not be reached or did not answer in
	// time. The cause is wrapped beside it.
	ErrUnavailable = kiterror.ErrUnavailable
)

// TypeError says that a key holds a value of another type than asked for, or
// that a value cannot be encoded.
type TypeError struct {
	Key  string // the session key
	Path string // which part of the value, as in cart.items[2].name; "" for all of it
	Want string // the Go type asked for or given
	Op   string // "decode" or "encode"
	Err  error  // what the codec said
}

func (e *TypeError) Error() string {
	if e.Path != "" {
		return fmt.Sprintf("session: cannot %s key %q as %s: %s: %v", e.Op, e.Key, e.Want, e.Path, e.Err)
	}
	return fmt.Sprintf("session: cannot %s key %q as %s: %v", e.Op, e.Key, e.Want, e.Err)
}

func (e *TypeError) Unwrap() error { return e.Err }

// UpdatePanic is what [Update] panics with when its function panicked while
// several requests were saved together: in the request's own goroutine, which
// has no trace of the function any more. Where the request is saved by itself
// the panic is the function's own.
type UpdatePanic struct {
	Value any    // what the function panicked with
	Stack []byte // of the goroutine that it ran in, as from runtime/debug
}

// Error has the stack in it, for those that print no more than what they recover.
func (p *UpdatePanic) Error() string {
	return fmt.Sprintf("session: a function given to Update panicked: %v\n\n%s", p.Value, p.Stack)
}

// Unwrap returns what the function panicked with, if that is an error.
func (p *UpdatePanic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}
