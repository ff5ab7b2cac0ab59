package saver

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
)

// Begin is now, or zero where nobody wants to know how long a save takes.
func (m *Saver) Begin() time.Time {
	if !m.Observers.Any() {
		return time.Time{}
	}
	return time.Now()
}

// TellSaved tells observers that the record was stored at this attempt.
func (m *Saver) TellSaved(ctx context.Context, id driver.ID, r *driver.Record, begin time.Time, attempt int, proposals []*Proposal) {
	if !m.Observers.Any() {
		return
	}
	e := event.Event{Kind: event.Saved, Session: id, User: r.User, Conflicts: attempt - 1}
	if r.Revision == 1 {
		e.Kind = event.Created
	}
	for _, p := range proposals {
		if !p.Failed() {
			e.Requests++
		}
	}
	if !begin.IsZero() {
		e.Took = time.Since(begin)
	}
	m.Observers.Tell(m.Guard.Sessionless(ctx), e)
}

func (m *Saver) tellContended(ctx context.Context, id driver.ID, base *driver.Record, attempts int) {
	if m.Observers.Any() {
		m.Observers.Tell(m.Guard.Sessionless(ctx), event.Event{Kind: event.Contended, Session: id, User: base.User, Conflicts: attempts})
	}
}
