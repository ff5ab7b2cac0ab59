package redis

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// saveAttempts is how often a save is sent at most.
const saveAttempts = 3

// Save implements [driver.Store]. It is one command, and on a Cluster one more
// for a login and what else moves a session in its user's index.
//
// A save whose answer is lost with the connection is sent again, which is safe
// because it states the revision that it replaces. If that shows that the
// record has changed, nobody can tell by whom: the error is then that of the
// connection, and the save may have happened.
func (s *Store) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	w := newWrite(s.key(id), id, r)
	if w.owned && w.head == "" && !s.oneNode {
		// First the index, then the record: a stale entry in the index does no
		// harm, a session that is missing there is not listed.
		if err := s.index(ctx, w.tag, id, r); err != nil {
			return s.failIndex(ctx, err)
		}
	}
	var err error
	for range saveAttempts {
		var again bool
		if again, err = s.attempt(ctx, w); !again {
			break
		}
	}
	if err != nil {
		return err
	}
	r.Revision = w.revision
	if !w.kept.IsZero() {
		r.Expires = w.kept
	}
	return nil
}

// write is a save on its way.
type write struct {
	key      string
	id       driver.ID
	record   *driver.Record
	head     string    // what the stored value begins with when it may be replaced, "" to create
	value    []byte    // what is to be stored, nil to remove; not a string, which would be a copy
	revision uint64    // of value
	ttl      int64     // milliseconds
	lost     error     // why the answer to an earlier attempt did not come
	kept     time.Time // when it expires, with KeepExpires

	owned    bool // somebody is logged in
	tag      driver.OwnerTag
	identity string // what value says of it, "" where the index is not concerned

	what string        // became of a session that is removed
	keep time.Duration // that
}

func newWrite(key string, id driver.ID, r *driver.Record) *write {
	next := *r
	next.Revision = r.Next()
	w := &write{key: key, id: id, record: r, revision: next.Revision, ttl: ttl(r.Expires)}
	if r.Replaces() != 0 {
		var head [32]byte
		w.head = string(append(strconv.AppendUint(append(head[:0], `{"rev":`...), r.Revision, 10), ','))
	}
	switch {
	case r.Successor != driver.ID{}:
		w.what, w.keep = r.Successor.String(), driver.RenewedFor
	case w.ttl == 0:
		w.what, w.keep = rand.Text(), receiptTTL
	default:
		w.value = next.AppendJSON(make([]byte, 0, 192+len(r.User)+r.Values.Size()))
		if w.owned = r.User != ""; w.owned {
			w.tag, w.identity = r.Owner().Tag(), identityOf(w.value)
		}
	}
	return w
}

// identityOf is what an encoded record says between its expiry and its values.
func identityOf(value []byte) string {
	from := bytes.Index(value, []byte(`,"end":`))
	to := bytes.Index(value, []byte(`,"data":`))
	return string(value[from:to])
}

// errUnsettled ends a save that met something else at each attempt.
var errUnsettled = errors.New("redis store: save: what is stored kept changing, or is no record and cannot be set aside")

// op names the save in errors.
func (w *write) op() string {
	if w.lost != nil {
		return "save (it may have happened)"
	}
	return "save"
}

// attempt sends the save once. again says that it is worth another attempt;
// err is the result if there is none.
func (s *Store) attempt(ctx context.Context, w *write) (again bool, err error) {
	current, st, err := s.send(ctx, w)
	switch {
	case err != nil && lost(err):
		w.lost = err
		return true, s.fail(ctx, w.op(), err)
	case isRevoked(err):
		return false, err
	case err != nil && refused(err):
		return pause(ctx), s.fail(ctx, w.op(), err)
	case err != nil && wrongType(err):
		return s.replaceCorrupt(ctx, w, "", err)
	case err != nil:
		return false, s.fail(ctx, w.op(), err)
	case st == saved:
		return false, nil
	case st == moved:
		if err := s.index(ctx, w.tag, w.id, w.record); err != nil {
			return false, s.failIndex(ctx, err)
		}
		w.identity = ""
		return true, errUnsettled
	case st == gone && w.head == "":
		return true, errUnsettled // what was in the way has just gone
	case st == gone:
		return false, driver.ErrGone
	}
	return s.conflict(ctx, w, current)
}

// conflict is what to do when another value is stored than the save was based
// on.
func (s *Store) conflict(ctx context.Context, w *write, current string) (again bool, err error) {
	r, err := driver.ParseRecord(current)
	switch {
	case err != nil:
		return s.replaceCorrupt(ctx, w, current, err)
	case w.lost != nil && w.head == "" && current == string(w.value) && s.wait == 0:
		return false, nil // nobody else knows this new id: the lost attempt was the one
	case w.lost != nil:
		return false, s.fail(ctx, w.op(), w.lost)
	case r.Revision == w.record.Replaces():
		// The right revision, written in another way: by hand, perhaps.
		w.head = current
		return true, errUnsettled
	}
	return false, &driver.ConflictError{Current: r}
}

// replaceCorrupt sets aside what is stored. A new session can then be created;
// one that was there before is gone.
func (s *Store) replaceCorrupt(ctx context.Context, w *write, text string, cause error) (again bool, err error) {
	s.setAside(ctx, w.id, text, cause)
	if w.head == "" {
		return true, errUnsettled
	}
	return false, driver.ErrGone
}

// pause waits a moment and reports whether there is time left.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
