package session

import "time"

// memoryMove is where a session that was renewed goes on.
type memoryMove struct {
	to    ID
	until time.Time
}

// move notes that to took the place of id. Every now and then it forgets those
// that are over, so that there are never many.
func (sh *memoryShard) move(id, to ID, now time.Time) {
	if sh.moved == nil {
		sh.moved = map[ID]memoryMove{}
	}
	sh.moved[id] = memoryMove{to, now.Add(RenewedFor)}
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

func (sh *memoryShard) forgetMoves(now time.Time) {
	for id, move := range sh.moved {
		if !now.Before(move.until) {
			delete(sh.moved, id)
		}
	}
}

// whereTo is the error for a session that is not there.
func (sh *memoryShard) whereTo(id ID, now time.Time) error {
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	if move, ok := sh.moved[id]; ok && now.Before(move.until) {
		return &RenewedError{move.to}
	}
	return ErrNotFound
}
