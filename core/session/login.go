package session

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// maxLabelLength is the longest label of a login, in bytes.
const maxLabelLength = 128

// ErrInvalidLabel: the label of a login is too long or not UTF-8. Its HTTP
// status is 400: such a label comes from the visitor.
var ErrInvalidLabel error = &kiterror.Error{Status: http.StatusBadRequest, Text: "session: invalid label of a login"}

// Login is what a login makes of a session. The next one makes it anew: nothing
// of these is taken over.
type Login struct {
	// User is who is logged in, "" for nobody.
	User string

	// Remember is for how long the browser is to stay logged in, whether it is
	// closed or not used meanwhile: the lifetime of the session, its idle
	// timeout, and a cookie that outlives the browser. 0: as the configuration
	// has it. Milliseconds count.
	Remember time.Duration

	// Label is what the user is to know the session by in a list of his own,
	// such as "Firefox on Linux": at most 128 bytes of UTF-8.
	Label string

	// From is where the login came from, for that list: an address, or the network
	// that it is of. The zero Prefix is not kept.
	From netip.Prefix

	// LastUsed has the session keep when it was last used, for that list.
	LastUsed bool

	confirms bool // it is none: see Session.Confirm
}

// isNone reports whether nobody logs in or out.
func (l *Login) isNone() bool { return l == nil || l.confirms }

// LogIn is [Session.RenewAs] with more to say of the login. Remember goes before
// what this request chose with SetLifetime, SetIdleTimeout or SetPersistent
// until now. The errors are ErrInvalidLabel, one for a Remember below a
// millisecond that is not 0, and those of RenewAs.
func (s *Session) LogIn(ctx context.Context, l Login) error {
	switch {
	case !utf8.ValidString(l.User):
		return fmt.Errorf("session: the user's name %q is not UTF-8: encode it first", l.User)
	case len(l.Label) > maxLabelLength || !utf8.ValidString(l.Label):
		return fmt.Errorf("%w: it must be at most %d bytes of UTF-8, and has %d: shorten what comes from a browser", ErrInvalidLabel, maxLabelLength, len(l.Label))
	case l.Remember != 0 && l.Remember < time.Millisecond:
		return fmt.Errorf("session: a login cannot be remembered for %v: give a time above 0, or 0 not to remember it", l.Remember)
	}
	l.Remember = min(l.Remember.Truncate(time.Millisecond), driver.MaxIdle)
	// Stores keep both, and Fiber's strings are overwritten by the next request.
	l.User, l.Label = strings.Clone(l.User), strings.Clone(l.Label)
	return s.renew(ctx, &l)
}

// apply makes r the record of the login; nil is no login.
func (l *Login) apply(r *driver.Record, m *Manager) {
	switch {
	case l == nil:
		return
	case l.confirms:
		m.confirm(r)
		return
	case r.User == "" && l.User == "":
		return
	}
	if r.User != l.User {
		r.Generation = 0 // that of another owner, which says nothing of this one
	}
	if r.User != "" && r.User != l.User {
		r.Values = Values{}
	}
	fresh := m.newRecord(l.User)
	r.Created, r.Deadline, r.Expires, r.Idle = fresh.Created, fresh.Deadline, fresh.Expires, l.Remember
	r.User, r.Label, r.Details = l.User, l.Label, l.details(r.Created)
	persist := driver.Edit{Key: saver.KeyPersist, Gone: true}
	if l.Remember > 0 {
		r.Deadline = r.Created.Add(l.Remember)
		r.Expires = r.Deadline
		persist = driver.Edit{Key: saver.KeyPersist, Raw: "true"}
	}
	if _, own := r.Values.Get(saver.KeyPersist); own || !persist.Gone {
		r.Values = r.Values.Merge(false, []driver.Edit{persist})
	}
}

// details are what there is to keep of a login at that time, nil for nothing.
func (l *Login) details(at time.Time) *driver.Details {
	var d driver.Details
	switch {
	case l.From.IsSingleIP():
		d.From = l.From.Addr().String()
	case l.From.IsValid():
		d.From = l.From.String()
	}
	if l.LastUsed {
		d.Used = at
	}
	if d == (driver.Details{}) {
		return nil
	}
	return &d
}

// without leaves out the changes in whose place the login puts its own.
func (l *Login) without(changes []saver.Change) []saver.Change {
	if l == nil || l.Remember == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c saver.Change) bool { return c.Kind.OfEnds() || c.Key == saver.KeyPersist })
}
