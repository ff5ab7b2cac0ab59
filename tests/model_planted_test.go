package tests

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The model finds the faults that a store can have, and shows each as a
// history that a person can read.
func TestModelFindsPlantedFaults(t *testing.T) {
	trial.Long(t)
	t.Parallel()
	for name, plant := range map[string]func(*memstore.Store) modelStore{
		"saves over any revision":             func(s *memstore.Store) modelStore { return overwriting{s} },
		"revives what has ended":              func(s *memstore.Store) modelStore { return reviving{s} },
		"does not delete":                     func(s *memstore.Store) modelStore { return keeping{s} },
		"forgets what was renewed":            func(s *memstore.Store) modelStore { return forgetting{s} },
		"deletes by the old id and not more":  func(s *memstore.Store) modelStore { return shortsighted{s} },
		"gives what is taken once twice":      func(s *memstore.Store) modelStore { return giving{s} },
		"lets renewals through a revocation":  func(s *memstore.Store) modelStore { return unstamped{s} },
		"ends only what the index knows":      func(s *memstore.Store) modelStore { return &indexed{Store: s} },
		"counts what it has ended wrong":      func(s *memstore.Store) modelStore { return miscounting{s} },
		"lists not all that are to be ended":  func(s *memstore.Store) modelStore { return sparing{s} },
		"ends those that are to be kept, too": func(s *memstore.Store) modelStore { return keepless{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := regexp.MustCompile(`\W`).ReplaceAllString(t.Name(), "_") // as rapid has it
			forget := func() {                                               // what rapid writes for whoever wants to repeat it, and repeats itself
				os.RemoveAll(filepath.Join("testdata", "rapid", file))
				os.Remove(filepath.Join("testdata", "rapid"))
				os.Remove("testdata")
			}
			t.Cleanup(forget)
			sound := memstore.New(0)
			store := plant(sound)
			workers := newModelWorkers(t, store)
			workers.sound = sound
			if lossy, ok := store.(*indexed); ok {
				workers.loseIndex = lossy.lose
			}
			var history []string
			for range plantedRounds {
				forget()
				found := &finding{name: file}
				rapid.Check(found, func(rt *rapid.T) { (&model{T: rt, workers: workers}).run() })
				if history = found.history(); found.failed && len(history) > 0 && len(history) <= plantedActions {
					t.Logf("%s\n%s", found.text.String(), strings.Join(history, ", "))
					return
				}
			}
			t.Errorf("not found, or not with %d actions or fewer; the last history is %s", plantedActions, strings.Join(history, ", "))
		})
	}
}

// How many hundred programs a fault may need to show, and how many actions
// tell of it.
const (
	plantedRounds  = 2000
	plantedActions = 12
)

func init() {
	flag.Set("rapid.shrinktime", "1s") // each; the default is half a minute
}

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
