package event

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Kind is what has happened.
type Kind string

// What happens to sessions.
const (
	Loaded    Kind = "loaded"     // a request's cookie led to the session
	Rejected  Kind = "rejected"   // it led to none; Reason says why
	Created   Kind = "created"    // the session was stored for the first time
	Saved     Kind = "saved"      // changes were stored
	Contended Kind = "contended"  // changes were given up after too many conflicts
	Renewed   Kind = "renewed"    // the session has a new id
	LoggedIn  Kind = "logged in"  // as User, with a new id
	LoggedOut Kind = "logged out" // User has, by a request of the session's own
	Ended     Kind = "ended"      // by another than its own request, or nobody was logged in; one that was gone already ends again
	Gone      Kind = "gone"       // a request met the end of its session, and what it had changed was dropped
	Touched   Kind = "touched"    // its idle end has moved
	Answered  Kind = "answered"   // a request that has asked for its session is about to be: Took is what it waited for the kit
	Called    Kind = "called"     // the store was asked: Operation, Took, Err
)

// Kinds are all there are.
func Kinds() []Kind {
	return []Kind{Loaded, Rejected, Created, Saved, Contended, Renewed, LoggedIn, LoggedOut, Ended, Gone, Touched, Answered, Called}
}

// Operations are what the store is asked for in events of the kind [Called].
func Operations() []string { return []string{"load", "save", "touch", "delete"} }

// Event is what has happened to a session. Fields that do not go with its kind are
// zero. It is passed by value, and holds no value and no cookie of a session.
type Event struct {
	Kind     Kind
	Session  driver.ID
	Previous driver.ID // what it was called before it was Renewed, LoggedIn or LoggedOut, zero where it was not stored
	User     string    // who is logged in, or was

	Reason    string        // of Rejected, as in diagnose.Reason; and of Ended, where the kit has done it by itself
	Operation string        // of Called, see [Operations]
	Conflicts int           // how often changes were replayed as others were faster: of what was stored, and of Contended
	Requests  int           // how many requests' changes went out with this one save; 1 where those of one went along with a new id
	Sessions  int           // of Ended: how many were removed, where it is all of a user's, or all there are; Session is zero then
	Took      time.Duration // of Called, and of Saved and Created with all their attempts; of Answered all that was done for the session, up to the headers
	Err       error         // of Called: why the store did not do it; what its contract knows, such as a conflict, is none
}

// Observer hears of an event. It is called while the request waits, by many
// goroutines at once, and so must be fast, must not panic, and must neither ask
// for a session nor the store. ctx has the values of the request's; the session is
// not to be found in it, and it may be done already.
type Observer func(ctx context.Context, e Event)
