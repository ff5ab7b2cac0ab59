package scs

import (
	"context"
	"errors"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Iterate calls fn with a context for each live session, and saves what fn has
// changed. Sessions from before that nobody has come with since are not among them.
// Its error ends the walk.
func (s *SessionManager) Iterate(ctx context.Context, fn func(context.Context) error) error {
	m, err := s.Manager()
	if err != nil {
		return err
	}
	store, ok := m.Store().(driver.Lister)
	if !ok {
		panic(fmt.Sprintf("scs: %T does not list its sessions", m.Store()))
	}
	for entry, err := range store.All(ctx) {
		if err != nil {
			return fmt.Errorf("scs: %w", err)
		}
		if entry.Record.Realm != m.Config().Cookie.Realm() {
			continue
		}
		own, err := new(session.Exchange).Visit(ctx, m, entry.ID)
		if errors.Is(err, driver.ErrNotFound) { // it has ended since
			continue
		}
		if err != nil {
			return fmt.Errorf("scs: %w", err)
		}
		d := &data{scs: s, bag: untyped.NewBag(own, s.Counters...)}
		at := context.WithValue(ctx, s.key, d)
		if err := fn(at); err != nil {
			return err
		}
		if s.Status(at) == Modified {
			if _, _, err := s.Commit(at); err != nil && !errors.Is(err, session.ErrGone) {
				return err
			}
		}
	}
	return nil
}
