package session

import (
	"fmt"
)

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
