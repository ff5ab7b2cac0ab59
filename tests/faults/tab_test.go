//go:build unix

package faults

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// slots is how many keys a tab writes to in turn. It looks at them after half
// as many writes: so no write hides from it that the one before is missing.
const slots = 8

// tab writes 1, 2, 3 and so on, each under the next of its keys.
type tab struct {
	v     *visitor
	b     *trial.Browser
	name  string
	tried int
	look  bool         // before the next write
	acked [slots][]int // what was acknowledged and not missed, ascending; guarded by v.mu
}

func (t *tab) key(slot int) string { return fmt.Sprint(t.name, ".", slot) }

// step writes the next number, or looks whether those before are there. After
// a failure it looks first: the next write could replace what is missing.
func (t *tab) step() {
	if t.look {
		a, ok := t.v.tr.do(t.b, "GET", "/me")
		if !ok {
			return
		}
		var me trial.Me
		if err := json.Unmarshal([]byte(a.Body), &me); err != nil {
			t.v.tr.t.Errorf("%v in %q", err, a.Body)
			return
		}
		t.look = false
		t.check(me)
		return
	}
	t.tried++
	slot := t.tried % slots
	_, ok := t.v.tr.do(t.b, "POST", "/items", "key", t.key(slot), "value", strconv.Itoa(t.tried))
	t.look = !ok || t.tried%(slots/2) == 0
	if ok {
		t.v.mu.Lock()
		defer t.v.mu.Unlock()
		t.acked[slot] = append(t.acked[slot], t.tried)
		t.v.note(1, 0)
	}
}

// check compares what the tab sees with what it was told. A number is lost
// when its key holds an earlier one or none. It is counted once.
func (t *tab) check(me trial.Me) {
	v := t.v
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return
	}
	if me.Name() != v.name {
		v.leave()
		return
	}
	var lost []int
	for slot, acked := range t.acked {
		text, _ := me.Values[t.key(slot)].(string)
		n, _ := strconv.Atoi(text)
		if n > t.tried {
			v.tr.t.Errorf("%s of %s is %d, and %d were sent", t.key(slot), v.name, n, t.tried)
		}
		kept, _ := slices.BinarySearch(acked, n+1)
		lost = append(lost, acked[kept:]...)
		t.acked[slot] = acked[:kept]
	}
	if len(lost) > 0 {
		slices.Sort(lost)
		v.tr.t.Logf("%s of %s misses %d", t.name, v.name, lost)
		v.note(0, len(lost))
	}
}
