package driver

import (
	"errors"
	"fmt"
)

// The errors that the manager knows of a store. What else one answers is the
// cause of a session.ErrUnavailable.
var (
	// ErrNotFound: there is no such record.
	ErrNotFound = errors.New("session: not found")

	// ErrGone: the record that a save was based on has been removed or has
	// expired since.
	ErrGone = errors.New("session: gone: it ended while this request was running")

	// ErrTooLarge: the record exceeds what the store takes.
	ErrTooLarge = errors.New("session: record too large")

	// ErrStoreFull: a bounded store has no room for another session.
	ErrStoreFull = errors.New("session: store is full")

	// ErrClosed: the store was closed.
	ErrClosed = errors.New("session: closed")
)

// ConflictError says that the stored record is not of the revision that a
// save was based on.
type ConflictError struct {
	// Current is the record that is stored now. It is never nil.
	Current *Record
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("session: conflict: the stored record is at revision %d", e.Current.Revision)
}
