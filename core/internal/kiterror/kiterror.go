// Package kiterror has the errors of the kit that say by themselves which HTTP
// status an answer to them should have.
package kiterror

import "errors"

// Error is one.
type Error struct {
	Status int
	Text   string
}

func (e *Error) Error() string { return e.Text }

// HTTPStatus is the status.
func (e *Error) HTTPStatus() int { return e.Status }

// Errors of the kit that several packages make. Package session exports them.
var (
	ErrContended   = errors.New("session: too many conflicting changes at once, gave up")
	ErrUnavailable = errors.New("session: store unavailable")
)
