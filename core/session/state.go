package session

import (
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// Status says how a request came to its session.
type Status struct {
	State   State
	Reason  diagnose.Reason // why there was no session to load; "" when one was loaded
	Cookies int             // how many cookies of the session's name, or tokens in From, came; more than one is worth a look

	// From is where the request had its token or, where it had none, where the
	// answer has a new one.
	From config.TokenSource

	// Key and Store are what the cookie says of its origin; both are zero
	// when no well-formed cookie came.
	Key   config.Fingerprint
	Store driver.StoreID
}

// State is how a request stands to its session.
type State string

// The states of a session at the time it was first asked for.
const (
	StateNew      State = "new"      // no cookie came
	StateLoaded   State = "loaded"   // the cookie led to a stored session
	StateMigrated State = "migrated" // taken over from a [driver.Predecessor], now or by a request beside this one
	StateRejected State = "rejected" // a cookie came and was not accepted
	StateOutage   State = "outage"   // the store cannot be reached, and the configuration says to go on without
)

// String gives "new", "loaded", "outage", or "rejected: " and the reason.
func (s Status) String() string {
	if s.State == StateRejected {
		return string(s.State) + ": " + string(s.Reason)
	}
	return string(s.State)
}

// ID names a session in a store, in logs and in reports. It is not the value
// of the cookie and cannot be made into it.
type ID = driver.ID

// Values are a session's keys and encoded values: see [driver.Values].
type Values = driver.Values
