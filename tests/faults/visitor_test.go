//go:build unix

package faults

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// visitor has one session in several tabs. Two tabs write under keys of their
// own each, two count in the same counter.
type visitor struct {
	tr   *traffic
	name string
	b    *trial.Browser
	tabs []*tab

	mu      sync.Mutex
	counted map[int]bool // the numbers that were given out
	gone    bool         // the session is lost, and what comes after that is not counted
}

func newVisitor(tr *traffic, i int) *visitor {
	tr.t.Helper()
	v := &visitor{tr: tr, name: fmt.Sprint("visitor", i), b: tr.app.NewBrowser(), counted: map[int]bool{}}
	v.b.Login(v.name)
	v.note(1, 0)
	for n := range 2 {
		v.tabs = append(v.tabs, &tab{v: v, b: v.b.Clone(tr.app.URL), name: fmt.Sprint("tab", n)})
	}
	return v
}

func (v *visitor) start() {
	for _, t := range v.tabs {
		counter := v.b.Clone(v.tr.app.URL)
		v.tr.mu.Lock()
		v.tr.inARow[t.b], v.tr.inARow[counter] = 0, 0
		v.tr.mu.Unlock()
		v.tr.loop(t.step)
		v.tr.loop(func() { v.count(counter) })
	}
}

// count adds one. Each number is given out once: when one comes again, what
// was acknowledged with it has been undone.
func (v *visitor) count(b *trial.Browser) {
	a, ok := v.tr.do(b, "POST", "/count")
	if !ok {
		return
	}
	var answer struct{ Count int }
	if err := json.Unmarshal([]byte(a.Body), &answer); err != nil {
		v.tr.t.Errorf("%v in %q", err, a.Body)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return
	}
	lost := 0
	if v.counted[answer.Count] {
		v.tr.t.Logf("%s counted %d twice", v.name, answer.Count)
		lost = 1
	}
	v.counted[answer.Count] = true
	v.note(1, lost)
}

// compare looks at what is stored when all is over.
func (v *visitor) compare() {
	for _, t := range v.tabs {
		t.check(t.b.Me())
	}
	count, _ := v.b.Me().Values["count"].(float64)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return
	}
	lost := 0
	for n := range v.counted {
		if n > int(count) {
			lost++
		}
	}
	if lost > 0 {
		v.tr.t.Logf("the count of %s is %v, and %d numbers above it were acknowledged", v.name, count, lost)
		v.note(0, lost)
	}
}

// leave counts all that was acknowledged as lost, the login too. The caller
// holds mu.
func (v *visitor) leave() {
	lost := 1 + len(v.counted)
	for _, t := range v.tabs {
		for _, numbers := range t.acked {
			lost += len(numbers)
		}
	}
	v.tr.t.Logf("%s has lost the session and %d writes in it", v.name, lost)
	v.note(0, lost)
	v.gone = true
}

// note counts acknowledged writes, and those of them that turn out to be
// missing. The caller holds mu.
func (v *visitor) note(writes, lost int) {
	if v.gone {
		return
	}
	v.tr.mu.Lock()
	defer v.tr.mu.Unlock()
	v.tr.seen.writes += writes
	v.tr.seen.lost += lost
}
