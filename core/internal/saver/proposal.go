package saver

import (
	"errors"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Proposal is what one request wants to see saved.
type Proposal struct {
	Base    *driver.Record
	Changes []Change
	Update  *Change // comes last; fails by itself
	Unused  bool    // it is no use of the session: its idle end stays

	Saved    *driver.Record // on success
	Err      error
	Panicked any // what Update panicked with, a *Panic or http.ErrAbortHandler; ErrExited when it ended its goroutine

	alone bool // saved without others

	turn  chan turn // tells a waiting request that its Proposal is settled, or that it leads
	phase atomic.Int32
}

// ErrExited is what runtime.Goexit leaves of an update.
var ErrExited any = errors.New("the function ended its goroutine")

// apply puts the Proposal on top of the draft, or leaves the draft as it was
// and sets p.Err.
func (p *Proposal) apply(d *draft, limit int) {
	before := *d
	defer func() {
		if p.Failed() {
			*d = before
		}
		p.phase.Store(resting)
	}()
	for i := range p.Changes {
		if p.Err = d.apply(&p.Changes[i]); p.Err != nil {
			return
		}
	}
	if p.Update != nil {
		if p.applyUpdate(d); p.Failed() {
			return
		}
	}
	p.Err = d.check(limit)
}

// applyUpdate keeps a panic away from the others that are saved together. Alone
// it goes its way, so that whoever recovers it sees where it came from.
func (p *Proposal) applyUpdate(d *draft) {
	if p.alone {
		p.Err = d.apply(p.Update)
		return
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		if p.Panicked = handedOver(recover()); p.Panicked == nil {
			p.Panicked = ErrExited
		}
	}()
	p.Err = d.apply(p.Update)
	returned = true
}

// Failed reports whether the proposal cannot be saved.
func (p *Proposal) Failed() bool { return p.Err != nil || p.Panicked != nil }

// Panic is a panic of an update that ran on another request's goroutine.
type Panic struct {
	Value any
	Stack []byte
}

// handedOver is a panic as its owner is to have it. http.ErrAbortHandler stays
// what it is: servers compare it with ==.
func handedOver(recovered any) any {
	if recovered == nil || recovered == http.ErrAbortHandler {
		return recovered
	}
	return &Panic{recovered, debug.Stack()}
}
