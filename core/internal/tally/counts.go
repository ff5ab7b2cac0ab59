// Package tally counts what requests meet, without a lock, and keeps the log
// from filling up with it.
package tally

import "sync/atomic"

// Counts are counters with names. They are safe for concurrent use.
type Counts struct {
	names []string
	n     []atomic.Uint64
}

// New returns counters of these names, all 0.
func New(names ...string) *Counts {
	return &Counts{names, make([]atomic.Uint64, len(names))}
}

// Add adds one to the counter of the name, if there is one.
func (c *Counts) Add(name string) {
	for i := range c.names {
		if c.names[i] == name {
			c.n[i].Add(1)
			return
		}
	}
}

// Map returns what was counted, by name.
func (c *Counts) Map() map[string]uint64 {
	counts := make(map[string]uint64, len(c.names))
	for i, name := range c.names {
		counts[name] = c.n[i].Load()
	}
	return counts
}
