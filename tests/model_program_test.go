package tests

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

const (
	modelBrowsers = 2
	modelKeys     = 3
)

// modelUsers log in.
var modelUsers = []string{"ada", "bob"}

// stored is what the model knows of a session.
type stored struct {
	data
	id    session.ID
	user  string
	alive bool    // for whoever comes with its cookie
	there bool    // its record is in the store, though it may be past its end
	lost  bool    // to the index of its user
	next  *stored // what it was renewed to
}

// visit is a request under way.
type visit struct {
	browser, worker int
	ctx             context.Context
	exchange        *session.Exchange
	session         *session.Session
	stored          *stored // nil: nothing is stored for it yet
	late            bool    // it came with the id from before a renewal: that is stored
	user            string
	base            data // what it read, or last saved
	steps           []step
	over            error // ErrGone or ErrDestroyed: why it cannot go on
}

type model struct {
	*rapid.T
	workers *modelWorkers
	cookies [modelBrowsers]string
	known   [modelBrowsers]*stored // what the cookie leads to
	visits  []*visit
	old     []oldCookie
	flashed int     // messages so far
	trying  bool    // whether the model agrees: see atOnce
	spared  *stored // begins while others end: see atOnce
	copies  int     // that may be ended with the sessions: see atOnce
	shared  bool    // is the count with others who end sessions: see atOnce
}

// oldCookie is one that a browser had once, and that somebody may have kept.
type oldCookie struct {
	line   string
	stored *stored
}

// deed is what a request or an operator does: the kit does it, and the model
// follows, comparing the answers. It is one step for the model. Two deeds may be
// done at once, so do leaves the model alone.
type deed struct {
	do     func() answer
	follow func(answer)
}

type answer struct {
	n    int
	list []int
	err  error
}

func (a answer) String() string { return fmt.Sprint(a.n, " ", a.list, " ", a.err) }

func (d deed) perform() { d.follow(d.do()) }

func (m *model) run() {
	m.workers.begin(m)
	m.Repeat(map[string]func(*rapid.T){
		"begin":      m.begin,
		"late":       m.late,
		"get":        m.get,
		"set":        m.set,
		"delete":     m.delete,
		"clear":      m.clear,
		"flash":      m.flash,
		"update":     func(t *rapid.T) { m.update(t, m.pick(t)).perform() },
		"pop":        func(t *rapid.T) { m.pop(t, m.pick(t)).perform() },
		"flashes":    func(t *rapid.T) { m.flashes(t, m.pick(t)).perform() },
		"commit":     m.commit,
		"renew":      func(t *rapid.T) { m.renew(t, m.pick(t)).perform() },
		"login":      func(t *rapid.T) { m.login(t, m.pick(t)).perform() },
		"logout":     func(t *rapid.T) { m.logout(t, m.pick(t)).perform() },
		"expire":     m.expire,
		"cut":        m.cut,
		"everywhere": func(t *rapid.T) { m.everywhere(t, m.pick(t)).perform() },
		"others":     func(t *rapid.T) { m.others(t, m.pick(t)).perform() },
		"endUser":    func(t *rapid.T) { m.endUser(t, drawWorker(t)).perform() },
		"endAll": func(t *rapid.T) {
			if rapid.IntRange(0, 3).Draw(t, "walk") < 3 {
				t.Skip("it walks through the whole store")
			}
			m.endAll(t, drawWorker(t)).perform()
		},
		"list":      m.list,
		"loseIndex": m.loseIndex,
		"atOnce":    m.atOnce,
		"end":       func(t *rapid.T) { m.finish(m.pick(t)) },
	})
	for len(m.visits) > 0 {
		m.finish(m.visits[0])
	}
	for b := range modelBrowsers { // what is stored in the end
		v := m.open(b, 0)
		m.looksLike(v, "at the end")
		m.flashes(m.T, v).perform()
	}
	for _, old := range m.old {
		m.cookies[0], m.known[0] = old.line, old.stored
		m.looksLike(m.open(0, 0), "with an old cookie")
	}
	m.tidy()
	m.workers.within = false
}

// tidy leaves the store empty. Now and then it makes sure that it holds what the
// model says and not more, which costs a walk through all of it.
func (m *model) tidy() {
	walk := rapid.IntRange(0, 9).Draw(m.T, "walk") == 9
	for _, s := range m.workers.stored {
		if walk && !s.lost { // what was lost may still be there although it has ended
			continue
		}
		err := m.workers.store.Delete(context.Background(), s.id)
		if err != nil && !errors.Is(err, driver.ErrNotFound) {
			m.disagree("Delete: %v", err)
		}
		s.alive, s.there = false, false
	}
	if walk {
		m.endAll(m.T, 0).perform()
	}
	m.workers.stored = nil
}

func (m *model) begin(t *rapid.T) {
	if len(m.visits) < 4 {
		m.visits = append(m.visits, m.open(rapid.IntRange(0, modelBrowsers-1).Draw(t, "browser"), drawWorker(t)))
	}
}

// late begins a request that comes with a cookie which its browser had before.
func (m *model) late(t *rapid.T) {
	if len(m.old) == 0 || len(m.visits) >= 4 {
		t.Skip("no old cookie")
	}
	browser := rapid.IntRange(0, modelBrowsers-1).Draw(t, "browser")
	old := m.old[rapid.IntRange(0, len(m.old)-1).Draw(t, "cookie")]
	line, known := m.cookies[browser], m.known[browser]
	m.cookies[browser], m.known[browser] = old.line, old.stored
	v := m.open(browser, drawWorker(t))
	m.cookies[browser], m.known[browser] = line, known
	m.visits = append(m.visits, v)
}

func drawWorker(t *rapid.T) int { return rapid.IntRange(0, modelManagers-1).Draw(t, "worker") }

func (m *model) open(browser, worker int) *visit {
	in := session.Incoming{Cookies: []string{m.cookies[browser]}}
	ctx, x, _ := sessiontest.Open(context.Background(), m.workers.managers[worker], in)
	s, err := session.From(ctx)
	if err != nil {
		m.disagree("From: %v", err)
	}
	v := &visit{browser: browser, worker: worker, ctx: ctx, exchange: x, session: s}
	renewed := s.Status().Reason == diagnose.ReasonRenewed
	switch known := m.known[browser]; {
	case known == nil:
		renewed = false
	case known.alive:
		v.stored, v.base, v.user = known, known.data, known.user
	case known.next != nil && (renewed || known.end().alive): // a mark may go with the session that it leads to
		v.stored, v.late = known, true
	}
	if loaded := s.Status().State == session.StateLoaded; loaded != (v.stored != nil && !v.late) || renewed != v.late {
		m.disagree("%s: the model says loaded %v, renewed %v", s.Status(), v.stored != nil && !v.late, v.late)
	}
	return v
}

// end is what a session has become.
func (s *stored) end() *stored {
	for s.next != nil {
		s = s.next
	}
	return s
}

// pick chooses a request under way. There is always one.
func (m *model) pick(t *rapid.T) *visit {
	if len(m.visits) == 0 {
		m.begin(t)
	}
	return m.visits[rapid.IntRange(0, len(m.visits)-1).Draw(t, "request")]
}

func (m *model) commit(t *rapid.T) {
	v := m.pick(t)
	m.committed(v, v.session.Commit(context.Background()), "Commit")
}

// committed follows a commit whose result was err.
func (m *model) committed(v *visit, err error, what string) {
	switch {
	case v.over != nil:
		m.expect(v.over, err, what)
	case v.late: // it has changed nothing
		m.expect(nil, err, what)
	case v.stored != nil && len(v.steps) == 0, v.stored == nil && v.view().empty() && v.user == "": // nothing to save
		m.expect(nil, err, what)
		v.steps = nil
	case !v.alive():
		m.lost(v, err, what)
	default:
		m.expect(nil, err, what)
		m.save(v)
	}
}

// finish ends a request; its answer brings the browser the cookie.
func (m *model) finish(v *visit) {
	out, err := v.exchange.Commit()
	if v.over != nil {
		m.expect(nil, err, "end") // the handler has heard of it
	} else {
		m.committed(v, err, "end")
	}
	m.visits = slices.DeleteFunc(m.visits, func(other *visit) bool { return other == v })
	if out.SetCookie == "" {
		return
	}
	c, err := http.ParseSetCookie(out.SetCookie)
	if err != nil {
		m.disagree("Set-Cookie: %v", err)
	}
	if v.over == session.ErrGone || v.late && v.over == nil {
		m.disagree("a request whose session goes on elsewhere, or has gone, sets a cookie: %s", out.SetCookie)
	}
	if m.known[v.browser] != nil {
		m.old = append(m.old, oldCookie{m.cookies[v.browser], m.known[v.browser]})
	}
	m.cookies[v.browser], m.known[v.browser] = c.Name+"="+c.Value, v.stored
	if c.MaxAge < 0 {
		m.cookies[v.browser], m.known[v.browser] = "", nil
	}
}

// alive reports whether a save can succeed.
func (v *visit) alive() bool { return v.refusal() == nil && (v.stored == nil || v.stored.alive) }

// refusal is what every change is answered with, nil if there may be some.
func (v *visit) refusal() error {
	if v.over == nil && v.late {
		return session.ErrGone
	}
	return v.over
}

// view is what the request sees: what it read, and its changes.
func (v *visit) view() data {
	if v.over != nil {
		return data{}
	}
	return replay(v.base, v.steps)
}

// save replays the request's changes on what is stored now.
func (m *model) save(v *visit) {
	if v.stored == nil {
		v.stored = m.created(v.session.ID(), v.user)
	}
	v.stored.data = replay(v.stored.data, v.steps)
	v.base, v.steps = v.stored.data, nil
}

func (m *model) created(id session.ID, user string) *stored {
	s := &stored{id: id, user: user, alive: true, there: true}
	m.workers.stored = append(m.workers.stored, s)
	return s
}

// lost follows a save that had to fail: the session is gone for good.
func (m *model) lost(v *visit, err error, what string) {
	if v.over == nil {
		v.over, v.steps = session.ErrGone, nil
	}
	m.expect(v.over, err, what)
}

// disagreement is what the model says while it tries whether it agrees.
type disagreement struct{}

func (m *model) disagree(format string, args ...any) {
	if m.trying {
		panic(disagreement{})
	}
	m.Fatalf(format, args...)
}

func (m *model) expect(want, got error, what string) {
	if !errors.Is(got, want) || want == nil && got != nil {
		m.disagree("%s: error %v, the model says %v", what, got, want)
	}
}

// looksLike compares what a request sees with the model.
func (m *model) looksLike(v *visit, what string) {
	if want, got := v.view().keys, m.keys(v); !maps.Equal(want, got) {
		m.disagree("%s: a request sees %v, the model says %v", what, got, want)
	}
	want := v.user
	if v.over != nil {
		want = ""
	}
	if got := v.session.User(); got != want {
		m.disagree("%s: a request is %q's, the model says %q", what, got, want)
	}
}

func (m *model) keys(v *visit) map[string]int {
	values := map[string]int{}
	for _, k := range v.session.Keys() {
		n, err := session.Get[int](v.session, k)
		if err != nil {
			m.disagree("Get %s: %v", k, err)
		}
		values[k] = n
	}
	return values
}
