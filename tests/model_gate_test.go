package tests

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// modelStore is what the model needs of a store.
type modelStore interface {
	driver.Store
	driver.UserIndex
	driver.Lister
}

// gated is the store as one worker has it. While a program runs two things at
// once, each call waits for its turn there: so the program says in which order
// the calls of both come, and a failure can be repeated. Closing it leaves the
// store open for the other workers.
type gated struct {
	modelStore
	now atomic.Pointer[passage]
}

// newGated has the optional interfaces that the store has.
func newGated(store modelStore) (s driver.Store, gate *gated) {
	gate = &gated{modelStore: store}
	remover, removes := store.(driver.Remover)
	tags, loadsTagged := store.(driver.TagLoader)
	switch r := (gatedRemover{gate, remover}); {
	case removes && loadsTagged:
		return gatedTagged{r, tags}, gate
	case removes:
		return r, gate
	}
	return gate, gate
}

// passage is what one of two things that run at once goes through.
type passage struct {
	arrived, pass, done chan struct{}
}

// wait is for the turn of one call.
func (g *gated) wait() {
	p := g.now.Load()
	if p == nil {
		return
	}
	select {
	case p.arrived <- struct{}{}:
	case <-p.done:
		return
	}
	select {
	case <-p.pass:
	case <-p.done:
	}
}

// twoAtOnce runs two things, each on a worker of its own. Who of them makes the
// next call to the store is said by turns, and after the last one it is the
// first as long as there are any of it.
func twoAtOnce(turns []int, gates [2]*gated, run [2]func()) {
	var passages [2]*passage
	for i := range run {
		p := &passage{make(chan struct{}), make(chan struct{}), make(chan struct{})}
		passages[i] = p
		gates[i].now.Store(p)
		go func() {
			defer close(p.done)
			run[i]()
		}()
	}
	var over [2]bool
	wait := func(i int) { // until it is about to make a call, or is through
		select {
		case <-passages[i].arrived:
		case <-passages[i].done:
			over[i] = true
			gates[i].now.Store(nil)
		}
	}
	wait(0)
	wait(1)
	for !over[0] || !over[1] {
		next := 0
		if len(turns) > 0 {
			next, turns = turns[0], turns[1:]
		}
		if over[next] {
			next = 1 - next
		}
		passages[next].pass <- struct{}{}
		wait(next)
	}
}

func (g *gated) Close() error { return nil }

func (g *gated) Load(ctx context.Context, id session.ID) (*driver.Record, error) {
	g.wait()
	return g.modelStore.Load(ctx, id)
}

func (g *gated) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	g.wait()
	return g.modelStore.Save(ctx, id, r)
}

func (g *gated) Touch(ctx context.Context, id session.ID, expires time.Time) error {
	g.wait()
	return g.modelStore.Touch(ctx, id, expires)
}

func (g *gated) Delete(ctx context.Context, id session.ID) error {
	g.wait()
	return g.modelStore.Delete(ctx, id)
}

func (g *gated) Revoke(ctx context.Context, o driver.Owner, keep []driver.Entry) ([]session.ID, error) {
	g.wait()
	return g.modelStore.Revoke(ctx, o, keep)
}

func (g *gated) RemoveRevoked(ctx context.Context, o driver.Owner, most int) (int, bool, error) {
	g.wait()
	return g.modelStore.RemoveRevoked(ctx, o, most)
}

func (g *gated) Index(ctx context.Context, id session.ID, r *driver.Record) error {
	g.wait()
	return g.modelStore.Index(ctx, id, r)
}

func (g *gated) ByUser(ctx context.Context, o driver.Owner) iter.Seq2[driver.Entry, error] {
	return g.each(g.modelStore.ByUser(ctx, o))
}

func (g *gated) All(ctx context.Context) iter.Seq2[driver.Entry, error] {
	return g.each(g.modelStore.All(ctx))
}

func (g *gated) each(entries iter.Seq2[driver.Entry, error]) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) {
		g.wait()
		for e, err := range entries {
			if !yield(e, err) {
				return
			}
			g.wait()
		}
	}
}

type gatedRemover struct {
	*gated
	remover driver.Remover
}

func (g gatedRemover) Remove(ctx context.Context, ids []session.ID) (int, error) {
	g.wait()
	return g.remover.Remove(ctx, ids)
}

type gatedTagged struct {
	gatedRemover
	tags driver.TagLoader
}

func (g gatedTagged) LoadTagged(ctx context.Context, id session.ID, tag driver.OwnerTag) (*driver.Record, error) {
	g.wait()
	return g.tags.LoadTagged(ctx, id, tag)
}
