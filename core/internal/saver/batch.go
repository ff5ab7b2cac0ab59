package saver

import (
	"errors"
	"slices"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// phase is where a Proposal stands that is saved along with others. Who has
// waited for long goes without being saved, unless its own function is running
// or the store is being asked.
type phase = int32

const (
	resting phase = iota
	running
	sealed
	withdrawn
)

// enter moves a Proposal to the phase. One that was withdrawn has failed.
func (p *Proposal) enter(next phase) bool {
	if p.phase.CompareAndSwap(resting, next) || p.phase.Load() != withdrawn {
		return true
	}
	p.Err = errWithdrawn
	return false
}

var errWithdrawn = errors.New("its request has gone")

// mergeSealed merges the proposals and seals them. The functions of the app's
// in there may take their time: who leaves meanwhile is left out.
func (m *Saver) mergeSealed(base *driver.Record, proposals []*Proposal) (*driver.Record, error) {
	if len(proposals) == 1 { // nobody to leave
		alone := proposals[0]
		alone.phase.Store(resting)
		next, err := m.Merge(base, proposals)
		alone.phase.Store(sealed)
		return next, err
	}
	for {
		for _, p := range proposals {
			p.phase.CompareAndSwap(sealed, resting)
		}
		next, err := m.mergeApart(base, proposals)
		if err != nil {
			return nil, err
		}
		all := true
		for _, p := range proposals {
			all = (p.Failed() || p.enter(sealed)) && all
		}
		if all {
			return next, nil
		}
	}
}

// mergeApart is merge, on a goroutine of its own where a function that ends its
// goroutine would take others along.
func (m *Saver) mergeApart(base *driver.Record, proposals []*Proposal) (*driver.Record, error) {
	if !slices.ContainsFunc(proposals, func(p *Proposal) bool { return p.Update != nil }) {
		return m.Merge(base, proposals)
	}
	for {
		if merged := m.tryMerge(base, proposals); merged != nil {
			return merged.record, merged.err
		}
		// One function has ended the goroutine, and its Proposal has failed.
	}
}

// outcome is what merge returns.
type outcome struct {
	record *driver.Record
	err    error
}

func (m *Saver) tryMerge(base *driver.Record, proposals []*Proposal) *outcome {
	batch := append([]*Proposal(nil), proposals...) // so that those of a save by itself do not escape to the heap
	var merged *outcome
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		record, err := m.Merge(base, batch)
		merged = &outcome{record, err}
	}()
	if panicked := <-done; panicked != nil {
		panic(panicked)
	}
	return merged
}
