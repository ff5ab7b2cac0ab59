// Package saver saves what requests have changed: each change is replayed on the
// record as it is stored now, so that none is lost, and changes of one session
// that come at the same time are saved together.
package saver

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/internal/observers"
)

// Saver saves sessions. It is safe for concurrent use.
type Saver struct {
	Guard   *guard.Guard
	Now     func() time.Time
	Realm   string // of the records, see driver.Owner
	Timeout time.Duration
	MaxSize int // of a record's values, bytes

	Lifetime          time.Duration
	AnonymousLifetime time.Duration // of sessions of nobody; 0: Lifetime
	IdleTimeout       time.Duration // 0: none

	Observers *observers.List

	lanes lanes
}

// How often and how fast a save is tried again when other workers were
// faster. The first retries come at once, since a conflict brings the newer
// record along; the pauses after that are random and double up to the limit.
const (
	MaxAttempts  = 200
	eagerRetries = 2
	firstPause   = 200 * time.Microsecond
	longestPause = 10 * time.Millisecond
)

// SaveAll saves all proposals in one record, on base or, when other workers
// were faster, on what is stored now. It returns the record saved, nil when
// nothing was, and sets each Proposal's err; failure is that of the store.
func (m *Saver) SaveAll(ctx context.Context, id driver.ID, base *driver.Record, proposals []*Proposal) (saved *driver.Record, failure error) {
	span := m.Guard.Span(ctx)
	defer span.Stop()
	begin := m.Begin()
	for attempt := 1; ; attempt++ {
		next, err := m.mergeSealed(base, proposals)
		if err == nil {
			if next == nil {
				return nil, nil // every Proposal failed by itself
			}
			if err = m.Guard.Calls().Save(span.Begin(), id, next); err == nil {
				m.TellSaved(ctx, id, next, begin, attempt, proposals)
				return next, nil
			}
		}
		var conflict *driver.ConflictError
		if errors.As(err, &conflict) && base.Revision > 0 {
			if attempt < MaxAttempts && span.Pause(func(ctx context.Context) bool { return Pause(ctx, attempt) }) {
				base = conflict.Current
				continue
			}
			err = kiterror.ErrContended
			m.tellContended(ctx, id, base, attempt)
		}
		err = m.Guard.Error("save", id, err)
		for _, p := range proposals {
			if !p.Failed() {
				p.Err = err
			}
		}
		return nil, err
	}
}

// Merge makes the record that holds what the proposals want on top of base;
// nil when all of them fail.
func (m *Saver) Merge(base *driver.Record, proposals []*Proposal) (*driver.Record, error) {
	now := m.Now()
	if base.Revision > 0 && !base.Deadline.After(now) {
		return nil, driver.ErrGone
	}
	d := newDraft(base)
	d.lifetime, d.bounded = m.LifetimeOf(base.User), base.User == "" && m.AnonymousLifetime > 0
	none, unused := true, true
	for _, p := range proposals {
		if p.alone = len(proposals) == 1; !p.Failed() && p.enter(running) {
			p.apply(&d, m.MaxSize)
			none = none && p.Failed()
			unused = unused && (p.Unused || p.Failed())
		}
	}
	if none {
		return nil, nil
	}
	values, err := d.values(m.MaxSize)
	if err != nil {
		return nil, err
	}
	details := base.Details
	if !unused && m.UseDue(base) {
		details = base.Detailed()
		details.Used = now.Truncate(time.Millisecond)
	}
	return &driver.Record{
		Revision: base.Revision,
		Created:  base.Created,
		Deadline: d.deadline,
		Expires:  m.IdleEnd(now, d.deadline, d.idle),
		User:     base.User,
		Realm:    m.Realm,
		Values:   values,
		Idle:     d.idle,
		Label:    base.Label,
		Details:  details,

		Generation:  base.Generation,
		KeepExpires: unused && !d.ends,
	}, nil
}

// Pause waits a moment, the longer the more attempts there were, and reports
// whether ctx goes on.
func Pause(ctx context.Context, attempt int) bool {
	if attempt <= eagerRetries {
		return ctx.Err() == nil
	}
	longest := min(firstPause<<min(attempt-eagerRetries-1, 10), longestPause)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
