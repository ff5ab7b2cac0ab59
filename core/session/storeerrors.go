package session

import "sync/atomic"

// operations are what requests ask of the store.
var operations = [...]string{"load", "save", "touch", "delete", "renew", "list by user"}

// StoreErrors tells how often the store has failed a request since the manager
// was made, because it could not be reached, was too slow or refused, by what
// it was asked: "load", "save", "touch", "delete", "renew" or "list by user".
// What a breaker answers in its place counts too.
func (m *Manager) StoreErrors() map[string]uint64 {
	counts := make(map[string]uint64, len(operations))
	for i, op := range operations {
		counts[op] = m.failed[i].Load()
	}
	return counts
}

type operationCounts [len(operations)]atomic.Uint64

func (c *operationCounts) count(op string) {
	for i := range operations {
		if operations[i] == op {
			c[i].Add(1)
		}
	}
}
