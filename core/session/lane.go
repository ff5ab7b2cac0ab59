package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Commits of one session queue up within a process instead of running into
// each other's revisions. The first to come leads: it saves its proposal.
// What arrives meanwhile waits, and is then saved in one go by the first of
// those waiting, on top of the record just saved. So one hot session costs
// one save per round trip, however many requests change it, and each request
// is answered only after the save that holds its change.
type lanes [laneShards]laneShard

const laneShards = 64

type laneShard struct {
	mu   sync.Mutex
	busy map[ID]*lane // sessions being saved; nil while nobody waits
}

type lane struct{ waiting []*proposal }

// turn is what a waiting proposal is told: with a batch to lead it, on base;
// without, that it is settled.
type turn struct {
	batch []*proposal
	base  *Record
}

// maxBatch bounds how many proposals one save carries, and so how long the
// last of them waits for the functions of the others.
const maxBatch = 256

// commit gets p saved, alone or together with others. It waits for its turn
// until ctx is done; calls of the store have the context calls.
func (m *Manager) commit(ctx, calls context.Context, id ID, p *proposal) {
	shard := &m.lanes[id[0]%laneShards]
	batch, base := []*proposal{p}, p.base
	if !shard.enter(id, p) {
		t := shard.await(ctx, id, p)
		if t.batch == nil {
			return
		}
		batch, base = t.batch, t.base
	}
	var saved *Record
	finished := false
	defer func() { // also when the store panics, or a function ends its goroutine
		for _, q := range batch {
			if q.saved = saved; !finished && !q.failed() {
				q.err = errAborted
			}
		}
		if saved == nil {
			saved = p.base // the next leader finds out by itself what is stored now
		}
		for _, q := range append(shard.leave(id, saved, p.err), batch...) {
			if q != p {
				q.turn <- turn{}
			}
		}
	}()
	saved = m.saveAll(calls, id, base, batch)
	finished = true
}

// errAborted is what the others of a batch hear when the one that led it died.
var errAborted = fmt.Errorf("%w: the request that was saving for this one ended in a panic", ErrUnavailable)

// enter tells whether p leads at once; otherwise it now waits.
func (sh *laneShard) enter(id ID, p *proposal) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.busy == nil {
		sh.busy = map[ID]*lane{}
	}
	ln, busy := sh.busy[id]
	if !busy {
		sh.busy[id] = nil
		return true
	}
	if ln == nil {
		ln = &lane{}
		sh.busy[id] = ln
	}
	p.turn = make(chan turn, 1)
	ln.waiting = append(ln.waiting, p)
	return false
}

// await waits for p's turn. When ctx is done before anybody took p along, p
// fails with ctx's error; when it was taken already, the outcome is near.
func (sh *laneShard) await(ctx context.Context, id ID, p *proposal) turn {
	select {
	case t := <-p.turn:
		return t
	case <-ctx.Done():
	}
	if sh.withdraw(id, p) {
		p.err = ctx.Err()
		return turn{}
	}
	return <-p.turn
}

func (sh *laneShard) withdraw(id ID, p *proposal) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	ln := sh.busy[id]
	if ln == nil {
		return false
	}
	for i, other := range ln.waiting {
		if other == p {
			ln.waiting = append(ln.waiting[:i:i], ln.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// leave hands the lane to the first of those waiting, or closes it. When the
// store did not answer, those waiting have waited as long as they should: they
// fail with the same error, and are returned to be told so.
func (sh *laneShard) leave(id ID, saved *Record, err error) (failed []*proposal) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	ln := sh.busy[id]
	if ln == nil {
		delete(sh.busy, id)
		return nil
	}
	if errors.Is(err, ErrUnavailable) && err != errAborted {
		failed, ln.waiting = ln.waiting, nil
		for _, q := range failed {
			q.err = err
		}
	}
	if len(ln.waiting) == 0 {
		delete(sh.busy, id)
		return failed
	}
	n := min(len(ln.waiting), maxBatch)
	batch := ln.waiting[:n:n]
	ln.waiting = ln.waiting[n:]
	batch[0].turn <- turn{batch, saved}
	return nil
}
