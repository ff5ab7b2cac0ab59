package adaptertest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// errDown is how a store that cannot be reached fails.
var errDown = errors.New("dial tcp 127.0.0.1:6379: connect: connection refused")

// probe is a store that remembers what it was asked and fails when told to.
type probe struct {
	driver.Store
	driver.UserIndex
	remote bool // pretends that other processes see it, so that waits are bounded

	mu    sync.Mutex
	asked []string
	fault func(ctx context.Context, op string) error
}

func newProbe(store driver.Store) *probe {
	index, ok := store.(driver.UserIndex)
	if !ok {
		index = noIndex{}
	}
	return &probe{Store: store, UserIndex: index}
}

// noIndex is the index of a store that has none.
type noIndex struct{ driver.UserIndex }

func (noIndex) ByUser(context.Context, driver.Owner) iter.Seq2[driver.Entry, error] {
	return func(yield func(driver.Entry, error) bool) { yield(driver.Entry{}, session.ErrNoUserIndex) }
}

func (noIndex) Index(context.Context, session.ID, *driver.Record) error { return nil }

// fail has f decide which operations ("load", "save", "touch", "delete") fail
// from now on; nil: none.
func (p *probe) fail(f func(ctx context.Context, op string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// failOn has the operations named fail as if the store were down.
func (p *probe) failOn(ops ...string) {
	p.fail(func(_ context.Context, op string) error {
		if slices.Contains(ops, op) {
			return errDown
		}
		return nil
	})
}

// mend ends all faults.
func (p *probe) mend() { p.fail(nil) }

// took tells which operations were asked for since the last call, in order:
// "load save".
func (p *probe) took() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := strings.Join(p.asked, " ")
	p.asked = nil
	return asked
}

// wantCalls fails unless these operations were asked for since the last call.
func (p *probe) wantCalls(t testing.TB, after, want string) {
	t.Helper()
	if got := p.took(); got != want {
		t.Fatalf("%s: the store was asked for %q, want %q", after, got, want)
	}
}

// wantGone fails when the store still has the session.
func (p *probe) wantGone(t testing.TB, id session.ID) {
	t.Helper()
	if r, err := p.Store.Load(context.Background(), id); !errors.Is(err, driver.ErrNotFound) {
		t.Fatalf("session %s should not be in the store: got %+v, error %v", id.Short(), r, err)
	}
}

func (p *probe) ask(ctx context.Context, op string) error {
	p.mu.Lock()
	p.asked = append(p.asked, op)
	fault := p.fault
	p.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(ctx, op)
}

// Load implements [driver.Store].
func (p *probe) Load(ctx context.Context, id session.ID) (*driver.Record, error) {
	if err := p.ask(ctx, "load"); err != nil {
		return nil, err
	}
	return p.Store.Load(ctx, id)
}

// Save implements [driver.Store].
func (p *probe) Save(ctx context.Context, id session.ID, r *driver.Record) error {
	if err := p.ask(ctx, "save"); err != nil {
		return err
	}
	return p.Store.Save(ctx, id, r)
}

// Touch implements [driver.Store].
func (p *probe) Touch(ctx context.Context, id session.ID, expires time.Time) error {
	if err := p.ask(ctx, "touch"); err != nil {
		return err
	}
	return p.Store.Touch(ctx, id, expires)
}

// Delete implements [driver.Store].
func (p *probe) Delete(ctx context.Context, id session.ID) error {
	if err := p.ask(ctx, "delete"); err != nil {
		return err
	}
	return p.Store.Delete(ctx, id)
}

// Identify implements [driver.Identifier].
func (p *probe) Identify(ctx context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	if s, ok := p.Store.(driver.Identifier); ok {
		return s.Identify(ctx, proposed)
	}
	return driver.StoreID{}, nil
}

// Describe implements [driver.Describer].
func (p *probe) Describe() (d driver.Description) {
	if s, ok := p.Store.(driver.Describer); ok {
		d = s.Describe()
	}
	d.Private = d.Private && !p.remote
	return d
}
