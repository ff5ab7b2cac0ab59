package debug

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/internal/find"
)

// walkTime is how long a search goes through all sessions of a store, and how long it
// waits for another one before. What it has found by then is told.
const walkTime = 10 * time.Second

// walk waits until no other search of this worker goes through the whole store: each
// takes of the store's time what visitors wait for, and holds many sessions at once.
func (h *handler) walk(ctx context.Context) (bounded context.Context, done func(), err error) {
	waiting, stop := context.WithTimeout(ctx, walkTime)
	defer stop()
	select {
	case h.walking <- struct{}{}:
		bounded, cancel := context.WithTimeout(ctx, walkTime)
		return bounded, func() { cancel(); <-h.walking }, nil
	case <-waiting.Done():
		return nil, nil, answered{http.StatusTooManyRequests, Problem{
			Error: "other searches go through all sessions of the store, which one at a time may do",
			Fix:   "try again; or give the user too, or paste the cookie: neither goes through the store",
		}}
	}
}

// find returns what was asked for; one session alone has its values. The error says
// that there is none.
func (h *handler) find(ctx context.Context, asked SessionsRequest, report *SessionsReport) (entries []driver.Entry, err error) {
	switch {
	case asked.Cookie != "":
		return h.findByCookie(ctx, asked.Cookie, report)
	case asked.Ref != "":
		id, ok := h.gate.sealer.open(asked.Ref)
		if !ok {
			return nil, bad("this is no reference to a session, or one that was made with another debug token", "find the session again")
		}
		return h.load(ctx, id)
	}
	if id, err := driver.ParseID(asked.Session); err == nil && asked.User == "" {
		return h.load(ctx, id)
	}
	return h.search(ctx, asked, report)
}

// search looks through the sessions of a user, or through all of this app's.
func (h *handler) search(ctx context.Context, asked SessionsRequest, report *SessionsReport) ([]driver.Entry, error) {
	realm := h.sessions.Config().Cookie.Realm()
	match := func(e driver.Entry) bool { return e.Record.Realm == realm }
	if asked.Session != "" {
		begins, err := find.Prefix(asked.Session)
		if err != nil {
			return nil, bad(err.Error(), "")
		}
		match = func(e driver.Entry) bool { return e.Record.Realm == realm && begins(e) }
	}
	bounded, done := h.bounded(ctx)
	if asked.User == "" {
		done()
		var err error
		if bounded, done, err = h.walk(ctx); err != nil {
			return nil, err
		}
	}
	defer done()
	found, err := find.Sessions(bounded, h.sessions.Store(), driver.Owner{Realm: realm, User: asked.User}, MaxSessions, match)
	if err != nil {
		return nil, storeFailed(err)
	}
	report.More, report.Looked, report.Early = found.More, found.Looked, found.Early
	slices.SortStableFunc(found.Entries, func(a, b driver.Entry) int { return b.Record.Created.Compare(a.Record.Created) })
	switch len(found.Entries) {
	case 0:
		return nil, nothing(asked, found)
	case 1:
		if !found.Early { // with its values
			return h.load(ctx, found.Entries[0].ID)
		}
	}
	return found.Entries, nil
}

// nothing says that there is no such session.
func nothing(asked SessionsRequest, found find.Found) error {
	p := Problem{Error: fmt.Sprintf("no live session of the user %q", asked.User), Fix: "give the id that the app hands to auth.Login, which may be neither the name nor the address; a store that evicts keys may have lost its index of users, and end-all ends those sessions too"}
	if asked.Session != "" {
		p = Problem{Error: fmt.Sprintf("no live session whose id begins with %q", shortened(asked.Session)), Fix: "it has ended, or has another id since a login or a renewal: look for its user, or in the log for its \"previous\""}
		if asked.User != "" {
			p.Error += fmt.Sprintf(" among those of the user %q", asked.User)
		}
	}
	if found.Early {
		p.Error += fmt.Sprintf(" was found, and there was no time to look at all: %d were looked at", found.Looked)
		p.Fix = "give the user too, or paste the cookie: neither goes through the store"
	}
	return answered{http.StatusNotFound, p}
}

// load reads one session, or what it was renewed to a moment ago.
func (h *handler) load(ctx context.Context, id session.ID) ([]driver.Entry, error) {
	ctx, cancel := h.bounded(ctx)
	defer cancel()
	const most = 10 // renewals within a minute
	for range most {
		r, err := find.Session(ctx, h.sessions.Store(), id)
		renewed, ok := errors.AsType[*driver.RenewedError](err)
		switch {
		case ok:
			id = renewed.Successor
			continue
		case errors.Is(err, driver.ErrNotFound), err == nil && r.Realm != h.sessions.Config().Cookie.Realm():
			return nil, answered{http.StatusNotFound, Problem{Error: fmt.Sprintf("no live session %s", id.Short()), Fix: "nothing to mend: it has ended"}}
		case err != nil:
			return nil, storeFailed(err)
		}
		return []driver.Entry{{ID: id, Record: r}}, nil
	}
	return nil, session.ErrContended
}

// storeFailed is an outage, unless the error says by itself what it is.
func storeFailed(err error) error {
	for _, known := range []error{session.ErrNoUserIndex, session.ErrNoListing, session.ErrClosed} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", session.ErrUnavailable, err)
}

// stored tells of a session.
func (h *handler) stored(e driver.Entry, alone bool) StoredSession {
	r := e.Record
	s := StoredSession{
		ID: e.ID.Short(), Ref: h.gate.sealer.seal(e.ID), User: r.User, Label: r.Label, From: r.Detailed().From,
		Created: r.Created.UTC(), LastUse: h.lastUse(r), Expires: r.Expires.UTC(), Deadline: r.Deadline.UTC(), Revision: r.Revision,
	}
	if alone {
		s.Bytes, s.Values = r.Values.Size(), h.values(r.Values)
	}
	return s
}

// lastUse reckons from the idle end, which each use moves that comes a tenth of the
// idle time or more after the one before, where the app does not keep it. nil where
// it does not tell.
func (h *handler) lastUse(r *driver.Record) *time.Time {
	if used := r.Detailed().Used; !used.IsZero() {
		return moment(used.UTC())
	}
	idle := cmp.Or(r.Idle, h.sessions.Config().IdleTimeout)
	used := r.Expires.Add(-idle)
	if idle <= 0 || !r.Expires.Before(r.Deadline) || used.Before(r.Created) || used.After(time.Now()) {
		return nil
	}
	return moment(used)
}
