package saver

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// LifetimeOf is the configured lifetime of a user's sessions, "" for nobody.
func (m *Saver) LifetimeOf(user string) time.Duration {
	if user == "" && m.AnonymousLifetime > 0 {
		return m.AnonymousLifetime
	}
	return m.Lifetime
}

// idleTime is how long a session may go unused whose own idle time is own; 0:
// for ever.
func (m *Saver) idleTime(own time.Duration) time.Duration {
	if own > 0 {
		return own
	}
	return m.IdleTimeout
}

// IdleEnd is when a session that is used now expires.
func (m *Saver) IdleEnd(now, deadline time.Time, own time.Duration) time.Time {
	if idle := m.idleTime(own); idle > 0 {
		if end := now.Add(idle); end.Before(deadline) {
			return end
		}
	}
	return deadline
}

// TouchDue reports whether so much of the idle time has passed that the session
// should be touched: a tenth, so that reading rarely writes.
func (m *Saver) TouchDue(r *driver.Record) bool {
	idle := m.idleTime(r.Idle)
	return idle > 0 && m.IdleEnd(m.Now(), r.Deadline, r.Idle).Sub(r.Expires) >= idle/10
}

// useKept is within what time a record that keeps its last use has it right.
const useKept = 10 * time.Minute

// UseDue reports whether the record keeps when the session was last used, and that is
// as long ago as TouchDue has it, or useKept.
func (m *Saver) UseDue(r *driver.Record) bool {
	if r.Details == nil || r.Details.Used.IsZero() {
		return false
	}
	every := useKept
	if idle := m.idleTime(r.Idle); idle > 0 {
		every = min(every, idle/10)
	}
	return m.Now().Sub(r.Details.Used) >= every
}
