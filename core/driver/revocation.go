package driver

import (
	"fmt"
	"slices"
	"time"
)

// RevocationTTL is how long a store remembers that an owner's sessions were
// ended. No cookie lives longer: browsers cut what is above 400 days
// (RFC 6265bis, 5.5).
const RevocationTTL = 400 * 24 * time.Hour

// Revocation is what a store remembers of the moment at which all sessions of
// an owner were ended: those of an older generation are over, found by the
// index or not. The zero Revocation ends nothing.
type Revocation struct {
	Generation uint64 // that of sessions which begin from then on
	Kept       []ID   // sessions of an older generation that go on
}

// Ends reports whether the session of this id and generation is over.
func (rv Revocation) Ends(id ID, generation uint64) bool {
	return generation < rv.Generation && !slices.Contains(rv.Kept, id)
}

// Next is the revocation that follows at the time now, with those of keep that
// still live: of a later generation, also where clocks were set back. ok is
// false when there is something to keep and none of it lives.
func (rv Revocation) Next(now time.Time, keep []Entry) (next Revocation, ok bool) {
	next.Generation = max(uint64(now.UnixMilli()), rv.Generation+1)
	for _, e := range keep {
		if !rv.Ends(e.ID, e.Record.Generation) {
			next.Kept = append(next.Kept, e.ID)
		}
	}
	return next, len(keep) == 0 || len(next.Kept) > 0
}

// RevokedError is the error of a Save for an owner whose sessions were ended
// after this one began. It is an [ErrGone] too.
type RevokedError struct {
	Generation uint64 // of the revocation: a login that begins now has it
}

func (e *RevokedError) Error() string {
	return fmt.Sprintf("%v: all sessions of its user were ended", ErrGone)
}

// Is makes it an ErrGone.
func (e *RevokedError) Is(target error) bool { return target == ErrGone }
