package driver

import (
	"context"
	"encoding/hex"
	"iter"
	"time"
)

// Store keeps records. Every method is safe for concurrent use by many
// goroutines, and what one process saves every other process on the same
// store sees.
//
// What goes in or comes out is the caller's own: a store keeps no pointer to
// a *Record it was given and hands out none that it keeps.
//
// A context that is already done: its error, and no change. A store that was
// closed: [ErrClosed]. A store that cannot be reached: an error that wraps
// the cause, and is a [CountedError] where a timeout in it does not say anything
// of its own.
//
// Package storetest reports whether an implementation keeps this contract.
type Store interface {
	// Load returns the record, or ErrNotFound when there is none or it has
	// expired; where another took its place within the last [RenewedFor], the
	// error is a *RenewedError, which is an ErrNotFound too. A record that
	// cannot be decoded is set aside, logged, and counts as not found. So does
	// one that a [Revocation] has ended, where the store is a [UserIndex].
	Load(ctx context.Context, id ID) (*Record, error)

	// Save is a compare-and-swap on r.Revision.
	//
	//   - Revision 0 creates. Where a live record has the id already the
	//     error is a *ConflictError.
	//   - Any other revision replaces the record of that very revision. When
	//     the stored one differs the error is a *ConflictError that carries
	//     the current record; when there is none, or it has expired, ErrGone.
	//
	// On success r.Revision is the record's new revision, greater than the
	// one it replaced. A record whose Expires is not in the future is
	// removed instead of stored, under the same conditions: a
	// compare-and-delete, after which r.Revision means nothing. So is one with
	// a Successor, whatever its Expires; the store then remembers the
	// successor for [RenewedFor].
	//
	// With r.KeepExpires a record that replaces another expires when that
	// one would have, which touches may have moved since it was loaded, and
	// r.Expires, which is no earlier, is set to that.
	//
	// With r.Arrives it creates, whatever r.Revision, which is not 0 and stays
	// as it is: who has read the session in another store can go on with it in
	// this one.
	//
	// A store that is a [UserIndex] refuses, with a *RevokedError, to create a
	// record that a [Revocation] of its owner ends.
	Save(ctx context.Context, id ID, r *Record) error

	// Touch moves when a record expires to a later time, and leaves
	// everything else alone, its revision too. One that expires later already
	// stays as it is, and that is no error. It never creates: ErrNotFound when
	// there is none.
	Touch(ctx context.Context, id ID, expires time.Time) error

	// Delete removes a record. Removing one that is not there is no error,
	// unless another took its place within the last [RenewedFor]: that one
	// stays, and the error is a *RenewedError that names it.
	Delete(ctx context.Context, id ID) error

	// Close frees what the store itself opened. A client that was handed in
	// stays open. Closing twice is no error.
	Close() error
}

// Entry is a record with its ID, as a store lists them.
type Entry struct {
	ID     ID
	Record *Record
}

// UserIndex is implemented by stores that can find the sessions of a user, and
// end them.
type UserIndex interface {
	// ByUser yields the owner's live sessions, without their Values, in no
	// particular order; none for nobody. An error ends the sequence. A session
	// made or removed meanwhile may be there or not.
	ByUser(ctx context.Context, o Owner) iter.Seq2[Entry, error]

	// Revoke ends all sessions that the owner has, but those of keep that
	// still live, whose IDs it returns; where there is something to keep and
	// none of it lives, it ends nothing. It is one step, and does not rest on
	// the index: from then on Load finds none of them, and Save creates none
	// of an older generation, on any worker. Their records are for
	// RemoveRevoked. The store remembers it for [RevocationTTL].
	Revoke(ctx context.Context, o Owner, keep []Entry) (kept []ID, err error)

	// RemoveRevoked removes up to most of the records that Revoke has ended
	// and that the index knows, without reading their values. removed counts
	// those that were there; more reports whether there may be others. It
	// bounds its waits by ctx.
	RemoveRevoked(ctx context.Context, o Owner, most int) (removed int, more bool, err error)

	// Index puts a session that is stored into the index, where it may have
	// been lost.
	Index(ctx context.Context, id ID, r *Record) error
}

// TagLoader is implemented by stores to which a session and its owner's
// revocation are two questions. With the owner's tag, which the cookie
// carries, they ask both in one round trip. The result is that of Load, also
// when the tag is wrong.
type TagLoader interface {
	// LoadTagged is Load of a record whose owner has the tag.
	LoadTagged(ctx context.Context, id ID, tag OwnerTag) (*Record, error)
}

// Remover is implemented by stores that remove many records faster than one
// after the other.
type Remover interface {
	// Remove removes records, and counts those that were there.
	Remove(ctx context.Context, ids []ID) (removed int, err error)
}

// Lister is implemented by stores that can walk their sessions.
type Lister interface {
	// All yields every live session once, in no particular order, without
	// blocking the store for others. An error ends the sequence.
	All(ctx context.Context) iter.Seq2[Entry, error]

	// Count counts live sessions until ctx is done; exact is false when it
	// had to stop early, and n is then what it had counted.
	Count(ctx context.Context) (n int, exact bool, err error)
}

// Pinger is implemented by stores that can be out of reach.
type Pinger interface {
	// Ping makes one round trip that a healthy store answers.
	Ping(ctx context.Context) error
}

// Sweeper is implemented by stores that do not forget expired records by
// themselves.
type Sweeper interface {
	// Sweep removes expired records until it is through or ctx is done, and
	// says how many it removed. It never removes a live one.
	Sweep(ctx context.Context) (removed int, err error)
}

// StoreID is the random identity of a store. It lives in the store itself, so
// that all workers on one store see the same one and a cookie can say which
// store it was made on.
type StoreID [4]byte

// String gives the id as 8 hex digits.
func (id StoreID) String() string { return hex.EncodeToString(id[:]) }

// Identifier is implemented by stores that have a StoreID.
type Identifier interface {
	// Identify returns the store's id. Where the store has none,
	// proposed becomes it; when several workers propose at once they all get
	// the same answer.
	Identify(ctx context.Context, proposed StoreID) (StoreID, error)
}

// Description says in words what a store is.
type Description struct {
	Kind    string // "memory", "file", "redis"
	Address string // where it is, without any password; "" when nowhere
	Private bool   // only this process sees it
}

// Describer is implemented by stores that can say what they are.
type Describer interface {
	// Describe does no I/O.
	Describe() Description
}
