package memstore

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// move is where a session that was renewed goes on.
type move struct {
	to    driver.ID
	until time.Time
}

// move notes that to took the place of id. Every now and then it forgets those
// that are over, so that there are never many.
func (sh *shard) move(id, to driver.ID, now time.Time) {
	if sh.moved == nil {
		sh.moved = map[driver.ID]move{}
	}
	sh.moved[id] = move{to, now.Add(driver.RenewedFor)}
	looked := 0
	for old, move := range sh.moved {
		if !now.Before(move.until) {
			delete(sh.moved, old)
		}
		if looked++; looked == 4 {
			return
		}
	}
}

// forgetMoves forgets those that are over, and, with the last, how many there were: a
// map keeps its room.
func (sh *shard) forgetMoves(now time.Time) {
	for id, move := range sh.moved {
		if !now.Before(move.until) {
			delete(sh.moved, id)
		}
	}
	if len(sh.moved) == 0 {
		sh.moved = nil
	}
}

// whereTo is the error for a session that is not there.
func (sh *shard) whereTo(id driver.ID, now time.Time) error {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	if move, ok := sh.moved[id]; ok && now.Before(move.until) {
		return &driver.RenewedError{Successor: move.to}
	}
	return driver.ErrNotFound
}
