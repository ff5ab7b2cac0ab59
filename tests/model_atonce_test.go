package tests

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/session"
)

var atOnceDeeds = []string{"update", "pop", "flashes", "renew", "login", "logout", "others", "everywhere", "endUser", "endAll"}

// moves are those that store a copy before the session that it is of goes.
var moves = map[string]bool{"renew": true, "login": true}

// ends are those that end several sessions.
var ends = map[string]bool{"others": true, "everywhere": true, "endUser": true, "endAll": true}

// atOnce has two requests do something at the same time, on two workers, or a
// request and an operator. Each is one step for the model, so what they
// answered and see must be what one after the other gives, in either order.
func (m *model) atOnce(t *rapid.T) {
	for len(m.visits) < 2 {
		m.begin(t)
	}
	first := rapid.IntRange(0, len(m.visits)-2).Draw(t, "request")
	both := [2]*visit{m.visits[first], m.visits[rapid.IntRange(first+1, len(m.visits)-1).Draw(t, "other")]}
	if both[0].worker == both[1].worker {
		t.Skip("on one worker")
	}
	for _, v := range both {
		if v.stored == nil && v.user != "" {
			t.Skip("saving a login first is a step of its own")
		}
	}
	if m.unclear() {
		t.Skip("the counts would not say who was first")
	}
	var deeds [2]deed
	var names [2]string
	for i, v := range both {
		names[i] = rapid.SampledFrom(atOnceDeeds).Draw(t, "deed")
		switch names[i] {
		case "update":
			deeds[i] = m.update(t, v)
		case "pop":
			deeds[i] = m.pop(t, v)
		case "flashes":
			deeds[i] = m.flashes(t, v)
		case "renew":
			deeds[i] = m.renew(t, v)
		case "login":
			deeds[i] = m.login(t, v)
		case "logout":
			deeds[i] = m.logout(t, v)
		case "others":
			deeds[i] = m.others(t, v)
		case "everywhere":
			deeds[i] = m.everywhere(t, v)
		case "endUser":
			deeds[i] = m.endUser(t, v.worker)
		case "endAll":
			deeds[i] = m.endAll(t, v.worker)
		}
	}
	moved, ended := moves[names[0]] || moves[names[1]], ends[names[0]] && ends[names[1]]
	if moved && (names[0] == "others" || names[1] == "others") && both[0].stored == both[1].stored {
		t.Skip("the session that is to be kept may be renewed in between, and then ends with the others")
	}
	var answers [2]answer
	turns := rapid.SliceOfN(rapid.IntRange(0, 1), 0, 12).Draw(t, "turns")
	twoAtOnce(turns, [2]*gated{m.workers.gates[both[0].worker], m.workers.gates[both[1].worker]},
		[2]func(){func() { answers[0] = deeds[0].do() }, func() { answers[1] = deeds[1].do() }})
	before := m.snapshot()
	for _, loosely := range []bool{false, true} {
		for first, second := range [2]int{1, 0} {
			for _, spare := range []bool{false, true} {
				if loosely && !moved && !ended || spare && !(loosely && names[first] == "login") {
					continue
				}
				if m.agrees(func() {
					if loosely && moved { // the copy may have ended as a session of its own
						m.copies = 1
					}
					m.shared = loosely && ended // what one has ended the other may have removed and counted
					deeds[first].follow(answers[first])
					if spare { // a login that comes while others end need not be among them
						m.spared = both[first].stored
					}
					deeds[second].follow(answers[second])
					m.looksLike(both[0], "at once")
					m.looksLike(both[1], "at once")
					m.holds(both[0].stored)
					m.holds(both[1].stored)
				}) {
					return
				}
				before.restore()
			}
		}
	}
	m.disagree("at once they answered %s and %s, which is neither order", answers[0], answers[1])
}

// holds compares what is stored with the model, where the answers leave open
// who was first.
func (m *model) holds(s *stored) {
	if s == nil || !s.alive {
		return
	}
	r, err := m.workers.store.Load(context.Background(), s.id)
	if err != nil {
		m.disagree("Load: %v", err)
	}
	got := data{keys: map[string]int{}}
	for key, raw := range r.Values.All() {
		var n int
		var messages []session.Message
		switch {
		case key != "_flash" && json.Unmarshal([]byte(raw), &n) == nil:
			got.keys[key] = n
		case key == "_flash" && json.Unmarshal([]byte(raw), &messages) == nil:
			got.flashes = numbersIn(messages)
		default:
			m.disagree("stored under %s is %s", key, raw)
		}
	}
	if !maps.Equal(got.keys, s.keys) || !slices.Equal(got.flashes, s.flashes) {
		m.disagree("stored is %v, the model says %v", got, s.data)
	}
}

// unclear reports whether a count of ended sessions may be one of several.
func (m *model) unclear() bool {
	for _, s := range m.workers.stored {
		if s.there && (!s.alive || s.lost) {
			return true
		}
	}
	return false
}

// agrees reports whether the model follows without a disagreement.
func (m *model) agrees(follow func()) (ok bool) {
	m.trying = true
	defer func() {
		m.trying, m.spared, m.copies, m.shared = false, nil, 0, false
		if r := recover(); r != nil {
			if _, is := r.(disagreement); !is {
				panic(r)
			}
		}
	}()
	follow()
	return true
}

// snapshot is what deeds change of the model.
type snapshot struct {
	m      *model
	list   []*stored
	stored []stored
	visits []visit
}

func (m *model) snapshot() snapshot {
	s := snapshot{m: m, list: m.workers.stored}
	for _, p := range s.list {
		s.stored = append(s.stored, *p)
	}
	for _, v := range m.visits {
		s.visits = append(s.visits, *v)
	}
	return s
}

func (s snapshot) restore() {
	s.m.workers.stored = s.list[:len(s.list):len(s.list)]
	for i, p := range s.list {
		*p = s.stored[i]
	}
	for i, v := range s.m.visits {
		*v = s.visits[i]
	}
}
