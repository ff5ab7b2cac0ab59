package moving

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Move brings one session over. moved is false, without an error, for one that
// is here already, and for one that is no longer there.
func (s *Store) Move(ctx context.Context, id driver.ID) (moved bool, err error) {
	before := s.moved.Load()
	_, err = s.fetch(ctx, id)
	if errors.Is(err, driver.ErrNotFound) {
		err = nil
	}
	return s.moved.Load() > before, err
}

// fetch brings a session over that the new store did not have, and returns it.
func (s *Store) fetch(ctx context.Context, id driver.ID) (*driver.Record, error) {
	there, err := s.from.Load(ctx, id)
	if missing(err) || hasMoved(id, err) { // somebody may have brought it over since
		return s.to.Load(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	here := there.Clone()
	here.Arrives = true
	err = s.to.Save(ctx, id, here)
	here.Arrives = false
	var conflict *driver.ConflictError
	var revoked *driver.RevokedError
	switch {
	case errors.As(err, &conflict): // somebody was faster
		return conflict.Current, s.leave(ctx, id, there)
	case errors.As(err, &revoked):
		return nil, errors.Join(driver.ErrNotFound, ignoreGone(s.take(ctx, id, there)))
	case err != nil:
		return nil, err
	}
	return s.settle(ctx, id, there, here)
}

// leave removes what is left in the old store of a session that is here. It is
// there when a worker died between the two, or is at it.
func (s *Store) leave(ctx context.Context, id driver.ID, there *driver.Record) error {
	return ignoreGone(s.take(ctx, id, there))
}

// ignoreGone is for a removal of what others may have removed or changed.
func ignoreGone(err error) error {
	var conflict *driver.ConflictError
	if errors.Is(err, driver.ErrGone) || errors.As(err, &conflict) {
		return nil
	}
	return err
}

// take removes a session from the old store, if it is still as it was loaded. The
// old store remembers for a while that it goes on under its own id: who is moving
// it, too, then knows that it has not ended.
func (s *Store) take(ctx context.Context, id driver.ID, there *driver.Record) error {
	last := there.Clone()
	last.Successor = id
	return s.from.Save(ctx, id, last)
}

// hasMoved reports whether err is what the old store says of a session that take
// has removed.
func hasMoved(id driver.ID, err error) bool {
	renewed, ok := errors.AsType[*driver.RenewedError](err)
	return ok && renewed.Successor == id
}

// settle removes a session from the old store that was created in the new one.
// Changed there meanwhile: the change comes over too. Gone from there: it has
// ended, and ends here.
func (s *Store) settle(ctx context.Context, id driver.ID, there, here *driver.Record) (*driver.Record, error) {
	for {
		err := s.take(ctx, id, there)
		var conflict *driver.ConflictError
		switch {
		case err == nil:
			s.hasCome()
			return here, nil
		case errors.Is(err, driver.ErrGone):
			if _, err := s.from.Load(ctx, id); hasMoved(id, err) { // another has removed it there, as it found it here
				s.hasCome()
				return here, nil
			}
			if err := s.to.Delete(ctx, id); notRenewed(err) != nil {
				return nil, err
			}
			return nil, driver.ErrNotFound
		case !errors.As(err, &conflict):
			return nil, err
		}
		there = conflict.Current
		changed := there.Clone()
		changed.Revision = here.Revision
		if err := s.to.Save(ctx, id, changed); err != nil {
			return nil, err
		}
		here = changed
	}
}

func (s *Store) hasCome() {
	s.moved.Add(1)
	s.last.Store(time.Now().UnixNano())
}

// Distinct is an error where both are the same store: what is brought over would
// be removed.
func Distinct(ctx context.Context, to, from Backend) error {
	var ids [2]driver.StoreID
	for i, store := range []Backend{to, from} {
		var proposed driver.StoreID
		rand.Read(proposed[:])
		id, err := store.Identify(ctx, proposed)
		if err != nil {
			return err
		}
		ids[i] = id
	}
	if ids[0] == ids[1] {
		return errors.New("it is the very store that sessions are kept in")
	}
	return nil
}
