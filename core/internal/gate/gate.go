// Package gate has a mutex that is waited for no longer than a context says.
package gate

import (
	"context"
	"sync/atomic"
)

// Gate is a mutex that is waited for no longer than a context says. It costs
// what a mutex does, and a channel when somebody has to wait.
type Gate struct {
	// nil while the gate is free, taken while nobody waits, and otherwise what
	// is closed when it is free again.
	state atomic.Pointer[chan struct{}]
}

// taken marks a gate that somebody has passed and nobody waits for.
var taken = new(chan struct{})

// Enter takes the gate, and waits for it until ctx is done: the error is then
// that of ctx. A gate that is free is taken whatever ctx says.
func (g *Gate) Enter(ctx context.Context) error {
	if g.state.CompareAndSwap(nil, taken) {
		return nil
	}
	return g.wait(ctx)
}

func (g *Gate) wait(ctx context.Context) error {
	for {
		state := g.state.Load()
		switch state {
		case nil:
			if g.state.CompareAndSwap(nil, taken) {
				return nil
			}
			continue
		case taken:
			freed := make(chan struct{})
			if state = &freed; !g.state.CompareAndSwap(taken, state) {
				continue
			}
		}
		select {
		case <-*state:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Leave frees the gate.
func (g *Gate) Leave() {
	if state := g.state.Swap(nil); state != taken {
		close(*state)
	}
}
