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
