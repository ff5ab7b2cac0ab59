package diagnose

import (
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

// migrations are the sessions that are taken over from another library.
type migrations struct {
	until          time.Time // when it is asked for the last time, zero for never
	taken, refused atomic.Uint64
	last           atomic.Int64 // Unix milliseconds
}

// Migrate says, before the monitor is started, that sessions of another library are
// taken over until the date, the zero one for ever.
func (m *Monitor) Migrate(until time.Time) { m.migrations = &migrations{until: until} }

// Migrated notes that a session was taken over.
func (m *Monitor) Migrated() {
	m.migrations.taken.Add(1)
	m.migrations.last.Store(m.now().UnixMilli())
}

// MigrationRefused notes a request with the cookie of an old session that was
// taken over and has ended since.
func (m *Monitor) MigrationRefused() { m.migrations.refused.Add(1) }

// Migrations tells how many sessions were taken over from another library since the
// start, and how many requests came with the cookie of one that has ended since.
func (m *Monitor) Migrations() (taken, refused uint64) {
	if m.migrations == nil {
		return 0, 0
	}
	return m.migrations.taken.Load(), m.migrations.refused.Load()
}

// facts are what the rules look at.
func (g *migrations) facts() *check.Predecessor {
	if g == nil {
		return nil
	}
	facts := &check.Predecessor{Until: g.until}
	if ms := g.last.Load(); ms != 0 {
		facts.Last = time.UnixMilli(ms)
	}
	return facts
}
