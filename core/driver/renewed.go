package driver

import (
	"time"
)

// RenewedFor is how long a store remembers which session took the place of one
// that was renewed. A request that was on its way with the old id meanwhile is
// told so, instead of that there is no such session.
const RenewedFor = time.Minute

// RenewedError is the error of a store for an id that was replaced by another
// within the last [RenewedFor]. It is an [ErrNotFound] too: nothing of the
// session can be had by the old id.
type RenewedError struct {
	Successor ID // the session that took its place
}

func (e *RenewedError) Error() string {
	return "session: not found: it was renewed a moment ago, and goes on under another id"
}

// Is makes it an ErrNotFound.
func (e *RenewedError) Is(target error) bool { return target == ErrNotFound }
