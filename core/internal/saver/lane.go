package saver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
)

// Commits of one session queue up within a process instead of running into
// each other's revisions. The first to come leads: it saves its Proposal.
// What arrives meanwhile waits, and is then saved in one go by the first of
// those waiting, on top of the record just saved. So one hot session costs
// one save per round trip, however many requests change it, and each request
// is answered only after the save that holds its change.
type lanes [laneShards]laneShard

const laneShards = 64

type laneShard struct {
	mu   sync.Mutex
	busy map[driver.ID]lane // sessions being saved
}

type lane struct {
	leader  *Proposal
	waiting []*Proposal
}

// turn is what a waiting Proposal is told: with a batch to lead it, on base;
// without, that it is settled.
type turn struct {
	batch []*Proposal
	base  *driver.Record
}

// maxBatch bounds how many proposals one save carries, and so how long the
// last of them waits for the functions of the others.
const maxBatch = 256

// Commit gets p saved, alone or together with others, and returns it settled.
// It waits for its turn until ctx is done, and no longer than the timeout; calls
// of the store have the context calls.
func (m *Saver) Commit(ctx, calls context.Context, id driver.ID, p *Proposal) *Proposal {
	shard := &m.lanes[id[0]%laneShards]
	batch, base := []*Proposal{p}, p.Base
	if !shard.enter(id, p) {
		t, err := shard.await(ctx, m.Guard.Patience(), m.Timeout, id, p)
		if err != nil {
			return &Proposal{Err: err} // p may still be looked at
		}
		if t.batch == nil {
			return p
		}
		batch, base = t.batch, t.base
	}
	var saved *driver.Record
	var failure error
	finished := false
	defer func() { // also when the store panics, or a function ends its goroutine
		for _, q := range batch {
			if !q.enter(sealed) {
				continue
			}
			if q.Saved = saved; !finished && !q.Failed() {
				q.Err = errAborted
			}
		}
		if saved == nil {
			saved = p.Base // the next leader finds out by itself what is stored now
		}
		for _, q := range shard.leave(id, saved, failure) {
			q.turn <- turn{}
		}
		for _, q := range batch {
			if q != p && q.phase.Load() == sealed {
				q.turn <- turn{}
			}
		}
	}()
	saved, failure = m.SaveAll(calls, id, base, batch)
	finished = true
	return p
}

// errAborted is what the others of a batch hear when the one that led it died.
var errAborted = fmt.Errorf("%w: the request that was saving for this one ended in a panic", kiterror.ErrUnavailable)

// enter reports whether p leads at once; otherwise it now waits.
func (sh *laneShard) enter(id driver.ID, p *Proposal) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.busy == nil {
		sh.busy = map[driver.ID]lane{}
	}
	ln, busy := sh.busy[id]
	if !busy {
		sh.busy[id] = lane{leader: p}
		return true
	}
	p.turn = make(chan turn, 1)
	ln.waiting = append(ln.waiting, p)
	sh.busy[id] = ln
	return false
}

// Who has waited for the timeout looks so often in the next whether it may go,
// and at the end of that goes even while the store is being asked.
const looks = 20

// await waits for p's turn until ctx is done, or patience. The error is ctx's,
// or that it took too long: p is then not saved.
func (sh *laneShard) await(ctx, patience context.Context, timeout time.Duration, id driver.ID, p *Proposal) (turn, error) {
	end := ctx.Done()
	var err error
	select {
	case t := <-p.turn:
		return p.take(t), nil
	case <-end:
		end, err = nil, ctx.Err()
	case <-patience.Done():
	}
	again := time.NewTicker(max(timeout/looks, 1))
	defer again.Stop()
	for left := looks; !sh.withdraw(id, p, err != nil || left <= 0); left-- {
		select {
		case t := <-p.turn:
			return p.take(t), nil
		case <-end:
			end, err = nil, ctx.Err()
		case <-again.C:
		}
	}
	if err == nil {
		err = fmt.Errorf("%w: another request has been saving this session for longer than %v (--session-timeout), in a function given to session.Update, as it seems; nothing of this request was saved",
			kiterror.ErrContended, timeout)
	}
	return turn{}, err
}

// take takes a turn, after which p waits no more.
func (p *Proposal) take(t turn) turn {
	p.phase.Store(resting)
	return t
}

// withdraw reports whether p goes without being saved. While the lane's leader
// asks the store, which takes no longer than the timeout, it does so only when
// that is urgent.
func (sh *laneShard) withdraw(id driver.ID, p *Proposal, urgent bool) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	ln := sh.busy[id]
	i := slices.Index(ln.waiting, p)
	switch {
	case i < 0: // it was taken along
		return p.phase.CompareAndSwap(resting, withdrawn)
	case !urgent && ln.leader.phase.Load() == sealed:
		return false
	}
	ln.waiting = slices.Delete(ln.waiting, i, i+1)
	sh.busy[id] = ln
	return true
}

// leave hands the lane to the first of those waiting, or closes it. When the
// store did not answer, those waiting have waited as long as they should: they
// fail with the same error, and are returned to be told so.
func (sh *laneShard) leave(id driver.ID, saved *driver.Record, failure error) (failed []*Proposal) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	ln := sh.busy[id]
	if errors.Is(failure, kiterror.ErrUnavailable) {
		failed, ln.waiting = ln.waiting, nil
		for _, q := range failed {
			q.phase.Store(sealed)
			q.Err = failure
		}
	}
	if len(ln.waiting) == 0 {
		delete(sh.busy, id)
		return failed
	}
	n := min(len(ln.waiting), maxBatch)
	batch := ln.waiting[:n:n]
	batch[0].phase.Store(running)
	batch[0].turn <- turn{batch, saved}
	sh.busy[id] = lane{batch[0], ln.waiting[n:]}
	return nil
}
