package tests

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/session"
)

// data is what a session holds. It is replaced and never changed.
type data struct {
	keys    map[string]int
	flashes []int // messages to be shown once
}

func (d data) empty() bool { return len(d.keys)+len(d.flashes) == 0 }

func numbersIn(messages []session.Message) (list []int) {
	for _, message := range messages {
		n, _ := strconv.Atoi(message.Text)
		list = append(list, n)
	}
	return list
}

// step is one change of a request that is not committed yet.
type step struct {
	do    stepKind
	key   string
	value int
}

type stepKind int

const (
	setsKey stepKind = iota
	deletesKey
	clearsAll
	flashes // the value
	shows   // all messages
)

func replay(d data, steps []step) data {
	d.keys = maps.Clone(d.keys)
	if d.keys == nil {
		d.keys = map[string]int{}
	}
	for _, s := range steps {
		switch s.do {
		case setsKey:
			d.keys[s.key] = s.value
		case deletesKey:
			delete(d.keys, s.key)
		case clearsAll:
			d = data{keys: map[string]int{}}
		case flashes:
			d.flashes = append(slices.Clip(d.flashes), s.value)
		case shows:
			d.flashes = nil
		}
	}
	return d
}

func drawKey(t *rapid.T) string {
	return fmt.Sprint("k", rapid.IntRange(1, modelKeys).Draw(t, "key"))
}

func (m *model) get(t *rapid.T) {
	v, k := m.pick(t), drawKey(t)
	got, err := session.Get[int](v.session, k)
	if m.expect(v.over, err, "Get"); err == nil && got != v.view().keys[k] {
		m.disagree("Get %s: %d, the model says %d", k, got, v.view().keys[k])
	}
}

func (m *model) set(t *rapid.T) {
	v, s := m.pick(t), step{setsKey, drawKey(t), rapid.IntRange(1, 9).Draw(t, "value")}
	m.changed(v, s, session.Set(v.session, s.key, s.value), "Set")
}

func (m *model) delete(t *rapid.T) {
	v, s := m.pick(t), step{do: deletesKey, key: drawKey(t)}
	_, there := v.view().keys[s.key]
	if err := v.session.Delete(s.key); there || err != nil {
		m.changed(v, s, err, "Delete")
	}
}

func (m *model) clear(t *rapid.T) {
	v := m.pick(t)
	something := !v.view().empty()
	if err := v.session.Clear(); something || err != nil {
		m.changed(v, step{do: clearsAll}, err, "Clear")
	}
}

// flash has a message shown once; it is another one each time.
func (m *model) flash(t *rapid.T) {
	v := m.pick(t)
	m.flashed++
	m.changed(v, step{do: flashes, value: m.flashed}, v.session.Flash("", strconv.Itoa(m.flashed)), "Flash")
}

// changed follows a change that is saved later.
func (m *model) changed(v *visit, s step, err error, what string) {
	if m.expect(v.refusal(), err, what); err == nil {
		v.steps = append(slices.Clip(v.steps), s)
	}
}

// saved follows a change that is saved at once, with those before. It reports
// whether the request goes on.
func (m *model) saved(v *visit, err error, what string) bool {
	if refusal := v.refusal(); refusal != nil {
		m.expect(refusal, err, what)
		return false
	}
	if !v.alive() {
		m.lost(v, err, what)
		return false
	}
	m.expect(nil, err, what)
	m.save(v)
	return true
}

// also changes what was saved just now.
func (v *visit) also(s step) {
	v.stored.data = replay(v.stored.data, []step{s})
	v.base = v.stored.data
}

func (m *model) update(t *rapid.T, v *visit) deed {
	k := drawKey(t)
	return deed{func() (a answer) {
		a.n, a.err = session.Update(v.session, k, func(n int) (int, error) { return n + 1, nil })
		return a
	}, func(a answer) {
		if !m.saved(v, a.err, "Update") {
			return
		}
		if v.also(step{setsKey, k, v.stored.keys[k] + 1}); a.n != v.stored.keys[k] {
			m.disagree("Update %s: %d, the model says %d", k, a.n, v.stored.keys[k])
		}
	}}
}

// pop takes a value that is there once: of several requests one gets it.
func (m *model) pop(t *rapid.T, v *visit) deed {
	k := drawKey(t)
	return deed{func() (a answer) {
		a.n, a.err = session.Pop[int](v.session, k)
		return a
	}, func(a answer) {
		want, there := v.view().keys[k]
		taken := step{do: deletesKey, key: k}
		switch {
		case !there: // no I/O
			m.expect(v.over, a.err, "Pop")
		case v.stored == nil:
			m.changed(v, taken, a.err, "Pop")
		case m.saved(v, a.err, "Pop"):
			want = v.stored.keys[k]
			v.also(taken)
		}
		if a.err != nil {
			want = 0
		}
		if a.n != want {
			m.disagree("Pop %s: %d, the model says %d", k, a.n, want)
		}
	}}
}

// flashes shows the messages: of several requests one gets each.
func (m *model) flashes(_ *rapid.T, v *visit) deed {
	return deed{func() answer {
		messages, err := v.session.Flashes()
		return answer{list: numbersIn(messages), err: err}
	}, func(a answer) {
		want := v.view().flashes
		switch {
		case len(want) == 0: // no I/O
			m.expect(v.over, a.err, "Flashes")
		case v.stored == nil:
			m.changed(v, step{do: shows}, a.err, "Flashes")
		case m.saved(v, a.err, "Flashes"):
			want = v.stored.flashes
			v.also(step{do: shows})
		}
		if a.err != nil {
			want = nil
		}
		if !slices.Equal(a.list, want) {
			m.disagree("Flashes: %v, the model says %v", a.list, want)
		}
	}}
}
