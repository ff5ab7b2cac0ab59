package tests

import (
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
	for name, plant := range map[string]func(*session.MemoryStore) modelStore{
		"saves over any revision":             func(s *session.MemoryStore) modelStore { return overwriting{s} },
		"revives what has ended":              func(s *session.MemoryStore) modelStore { return reviving{s} },
		"does not delete":                     func(s *session.MemoryStore) modelStore { return keeping{s} },
		"forgets what was renewed":            func(s *session.MemoryStore) modelStore { return forgetting{s} },
		"gives what is taken once twice":      func(s *session.MemoryStore) modelStore { return giving{s} },
		"ends only what the index knows":      func(s *session.MemoryStore) modelStore { return &indexed{MemoryStore: s} },
		"counts what it has ended wrong":      func(s *session.MemoryStore) modelStore { return miscounting{s} },
		"ends those that are to be kept, too": func(s *session.MemoryStore) modelStore { return keepless{s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := &finding{name: strings.ReplaceAll(t.Name(), "/", "_")}
			t.Cleanup(func() { // what rapid writes for whoever wants to repeat it
				os.RemoveAll(filepath.Join("testdata", "rapid", found.name))
				os.Remove(filepath.Join("testdata", "rapid"))
				os.Remove("testdata")
			})
			store := plant(session.NewMemoryStore(0))
			workers := newModelWorkers(t, store)
			if lossy, ok := store.(*indexed); ok {
				workers.loseIndex = lossy.lose
			}
			for rounds := 0; rounds < plantedRounds && !found.failed; rounds++ {
				rapid.Check(found, func(rt *rapid.T) { (&model{T: rt, workers: workers}).run() })
			}
			history := found.history()
			t.Logf("%s\n%s", found.text.String(), strings.Join(history, ", "))
			if !found.failed || len(history) == 0 || len(history) > 20 {
				t.Errorf("found: %v, with a history of %d actions, want 20 or fewer", found.failed, len(history))
			}
		})
	}
}

// plantedRounds is how many hundred programs a fault may need to show.
const plantedRounds = 300

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
