package scs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Destroy ends the session, on every worker. What comes after it in the request
// begins a new one.
func (s *SessionManager) Destroy(ctx context.Context) error {
	d := s.of(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.load()
	if err != nil {
		return err
	}
	if err := b.Session().Destroy(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, session.ErrDestroyed) {
		return fmt.Errorf("scs: %w", err)
	}
	d.status, d.deadline = Destroyed, time.Time{}
	if d.exchange == nil {
		return nil
	}
	next, err := d.exchange.Session(d.exchange)
	if err != nil {
		return err
	}
	b.Drop(next)
	return nil
}

// RenewToken gives the session a new id, which ends the old one; what is in it
// stays, and its lifetime begins anew. Call it whenever the visitor's rights
// change. Of two requests that do so at a time one gets [session.ErrGone].
func (s *SessionManager) RenewToken(ctx context.Context) error {
	d := s.of(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.load()
	if err != nil {
		return err
	}
	d.status, d.deadline = Modified, time.Time{}
	own := b.Session()
	if err = b.Flush(); err == nil {
		if own.User() != "" {
			err = own.RenewAs(context.WithoutCancel(ctx), own.User())
		} else if err = own.EndAfter(s.Lifetime); err == nil {
			err = own.Renew(context.WithoutCancel(ctx))
		}
	}
	if err != nil {
		return fmt.Errorf("scs: %w", err)
	}
	return nil
}

// MergeSession takes over the values of the session with the token, and ends it.
// The later of the two ends counts.
func (s *SessionManager) MergeSession(ctx context.Context, token string) error {
	d := s.of(ctx)
	m, err := s.Manager()
	if err != nil {
		return err
	}
	other, err := new(session.Exchange).Load(ctx, m, token)
	if err != nil {
		return fmt.Errorf("scs: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.load()
	if err != nil {
		return err
	}
	if other.Revision() == 0 || other.ID() == b.Session().ID() {
		return nil
	}
	from := untyped.NewBag(other)
	for _, name := range from.Names() {
		v, _, err := from.Get(name)
		if err != nil {
			return err
		}
		b.Put(name, v)
	}
	d.status = Modified
	if other.Deadline().After(d.end()) {
		d.setEnd(other.Deadline())
	}
	return other.Destroy(ctx)
}

// Deadline is the absolute end of the session.
func (s *SessionManager) Deadline(ctx context.Context) (t time.Time) {
	d := s.of(ctx)
	d.with(func(*untyped.Bag) error {
		t = d.end()
		return nil
	})
	return t
}

func (d *data) end() time.Time {
	if !d.deadline.IsZero() {
		return d.deadline
	}
	return d.bag.Session().Deadline().UTC()
}

// SetDeadline moves the absolute end of the session.
func (s *SessionManager) SetDeadline(ctx context.Context, expire time.Time) {
	d := s.of(ctx)
	d.with(func(*untyped.Bag) error {
		d.status = Modified
		return d.setEnd(expire)
	})
}

func (d *data) setEnd(t time.Time) error {
	own := d.bag.Session()
	if err := own.SetLifetime(t.Sub(own.Created())); err != nil {
		return err
	}
	d.deadline = t
	return nil
}
