package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/session"
)

// The model finds the faults that a store can have, and shows each as a
// history that a person can read.
func TestModelFindsPlantedFaults(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]session.Store{
		"saves over any revision": overwriting{session.NewMemoryStore(0)},
		"revives what has ended":  reviving{session.NewMemoryStore(0)},
		"does not delete":         keeping{session.NewMemoryStore(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := &finding{name: strings.ReplaceAll(t.Name(), "/", "_")}
			t.Cleanup(func() { // what rapid writes for whoever wants to repeat it
				os.RemoveAll(filepath.Join("testdata", "rapid", found.name))
				os.Remove(filepath.Join("testdata", "rapid"))
				os.Remove("testdata")
			})
			workers := newModelWorkers(t, store)
			for rounds := 0; rounds < plantedRounds && !found.failed; rounds++ {
				rapid.Check(found, func(rt *rapid.T) { (&model{T: rt, workers: workers}).run() })
			}
			history := found.history()
			t.Logf("%s\n%s", found.text.String(), strings.Join(history, ", "))
			if !found.failed || len(history) == 0 || len(history) > 12 {
				t.Errorf("found: %v, with a history of %d actions, want 12 or fewer", found.failed, len(history))
			}
		})
	}
}

// plantedRounds is how many hundred programs a fault may need to show.
const plantedRounds = 100

// overwriting ignores the revision that a save is based on.
type overwriting struct{ session.Store }

func (s overwriting) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.Store.Save(ctx, id, r)
	var conflict *session.ConflictError
	if errors.As(err, &conflict) {
		r.Revision = conflict.Current.Revision
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// reviving creates where it should only replace.
type reviving struct{ session.Store }

func (s reviving) Save(ctx context.Context, id session.ID, r *session.Record) error {
	err := s.Store.Save(ctx, id, r)
	if errors.Is(err, session.ErrGone) {
		r.Revision = 0
		err = s.Store.Save(ctx, id, r)
	}
	return err
}

// keeping says that it has deleted.
type keeping struct{ session.Store }

func (keeping) Delete(context.Context, session.ID) error { return nil }

// finding is a test that is meant to fail, and what it said when it did.
type finding struct {
	rapid.TB // nil: what is not here is not called
	name     string
	failed   bool
	text     strings.Builder
}

func (f *finding) Helper()                           {}
func (f *finding) Name() string                      { return f.name }
func (f *finding) Failed() bool                      { return f.failed }
func (f *finding) Log(args ...any)                   { fmt.Fprintln(&f.text, args...) }
func (f *finding) Logf(format string, args ...any)   { fmt.Fprintf(&f.text, format+"\n", args...) }
func (f *finding) Errorf(format string, args ...any) { f.failed = true; f.Logf(format, args...) }
func (f *finding) FailNow()                          {}

var drawnAction = regexp.MustCompile(`draw action: "(\w+)"`)

// history lists the actions of the shortest program that fails.
func (f *finding) history() (actions []string) {
	text := f.text.String()
	if i := strings.LastIndex(text, "Failed test output:"); i >= 0 {
		text = text[i:]
	}
	for _, match := range drawnAction.FindAllStringSubmatch(text, -1) {
		actions = append(actions, match[1])
	}
	return actions
}
