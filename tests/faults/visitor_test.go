//go:build unix

package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// visitor has one session in several tabs. Two tabs write a key of their own
// each, two count in the same counter.
type visitor struct {
	tr   *traffic
	name string
	b    *trial.Browser
	tabs []*tab

	mu      sync.Mutex
	counted map[int]bool // the numbers that were given out
	highest int
}

// tab writes 1, 2, 3 and so on under its key.
type tab struct {
	b     *trial.Browser
	key   string
	tried int
	acked int // the last that was acknowledged
}

func newVisitor(tr *traffic, i int) *visitor {
	tr.t.Helper()
	v := &visitor{tr: tr, name: fmt.Sprint("visitor", i), b: tr.app.NewBrowser(), counted: map[int]bool{}}
	v.b.Login(v.name)
	for n := range 2 {
		v.tabs = append(v.tabs, &tab{b: v.b.Clone(tr.app.URL), key: fmt.Sprint("tab", n)})
	}
	return v
}

func (v *visitor) start() {
	for _, t := range v.tabs {
		counter := v.b.Clone(v.tr.app.URL)
		v.tr.mu.Lock()
		v.tr.inARow[t.b], v.tr.inARow[counter] = 0, 0
		v.tr.mu.Unlock()
		v.tr.loop(func() { v.write(t) })
		v.tr.loop(func() { v.count(counter) })
	}
}

// write saves the next value, and now and then looks whether it is there.
func (v *visitor) write(t *tab) {
	t.tried++
	if _, ok := v.tr.do(t.b, "POST", "/items", "key", t.key, "value", strconv.Itoa(t.tried)); ok {
		t.acked = t.tried
		v.note(1, 0)
	}
	if t.tried%4 != 0 {
		return
	}
	if a, ok := v.tr.do(t.b, "GET", "/me"); ok {
		v.check(t, a.Body)
	}
}

// check compares what a tab sees with what it was told.
func (v *visitor) check(t *tab, body string) {
	var me trial.Me
	if err := json.Unmarshal([]byte(body), &me); err != nil {
		v.tr.t.Errorf("%v in %q", err, body)
		return
	}
	text, _ := me.Values[t.key].(string)
	n, _ := strconv.Atoi(text)
	switch {
	case me.Name() != v.name:
		v.note(0, t.acked)
		v.tr.t.Logf("%s is %q now", v.name, me.Name())
		t.acked = 0
	case n < t.acked:
		v.note(0, t.acked-n)
		v.tr.t.Logf("%s of %s is %d, %d was acknowledged", t.key, v.name, n, t.acked)
		t.acked = n
	case n > t.tried:
		v.tr.t.Errorf("%s of %s is %d, and %d were sent", t.key, v.name, n, t.tried)
	}
}

// count adds one. Each number is given out once.
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
	twice := v.counted[answer.Count]
	v.counted[answer.Count] = true
	v.highest = max(v.highest, answer.Count)
	v.mu.Unlock()
	if twice {
		v.tr.t.Logf("%s counted %d twice", v.name, answer.Count)
		v.note(1, 1)
		return
	}
	v.note(1, 0)
}

// compare looks at what is stored when all is over.
func (v *visitor) compare() {
	for _, t := range v.tabs {
		a := t.b.Do(http.StatusOK, "GET", "/me")
		v.check(t, a.Body)
	}
	count, _ := v.b.Me().Values["count"].(float64)
	if lost := v.highest - int(count); lost > 0 {
		v.tr.t.Logf("the count of %s is %v, %d was acknowledged", v.name, count, v.highest)
		v.note(0, lost)
	}
}

func (v *visitor) note(writes, lost int) {
	v.tr.mu.Lock()
	defer v.tr.mu.Unlock()
	v.tr.seen.writes += writes
	v.tr.seen.lost += lost
}
