package tests

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"pgregory.net/rapid"

	"github.com/gosessionkit/sessionkit/core/session"
)

const (
	modelBrowsers = 2
	modelKeys     = 3
)

// stored is what the model knows of a session.
type stored struct {
	values map[string]int
	alive  bool
}

// step is one change of a request that is not committed yet.
type step struct {
	key   string // "" clears
	value int
	set   bool // false deletes
}

// visit is a request under way.
type visit struct {
	browser  int
	exchange *session.Exchange
	session  *session.Session
	stored   *stored        // nil: nothing is stored for it yet
	base     map[string]int // what it read, or last saved
	steps    []step
	over     error // ErrGone or ErrDestroyed: why it cannot go on
}

type model struct {
	*rapid.T
	workers *modelWorkers
	cookies [modelBrowsers]string
	known   [modelBrowsers]*stored // what the cookie leads to
	visits  []*visit
	old     []oldCookie
}

// oldCookie is one that a browser had once, and that somebody may have kept.
type oldCookie struct {
	line   string
	stored *stored
}

func (m *model) run() {
	m.Repeat(map[string]func(*rapid.T){
		"begin":  m.begin,
		"get":    m.get,
		"set":    m.set,
		"delete": m.delete,
		"clear":  m.clear,
		"update": m.update,
		"commit": m.commit,
		"renew":  m.renew,
		"logout": m.logout,
		"expire": m.expire,
		"cut":    m.cut,
		"end":    m.end,
	})
	for len(m.visits) > 0 {
		m.finish(m.visits[0])
	}
	for b := range modelBrowsers { // what is stored in the end
		v := m.open(b, 0)
		m.same("at the end", v.view(), content(m.T, v.session))
	}
	for _, old := range m.old {
		m.cookies[0], m.known[0] = old.line, old.stored
		m.open(0, 0)
	}
}

func (m *model) begin(t *rapid.T) {
	if len(m.visits) < 4 {
		m.visits = append(m.visits, m.open(rapid.IntRange(0, modelBrowsers-1).Draw(t, "browser"), rapid.IntRange(0, len(m.workers.managers)-1).Draw(t, "worker")))
	}
}

func (m *model) open(browser, worker int) *visit {
	in := session.Incoming{Cookies: []string{m.cookies[browser]}}
	ctx, x, _ := m.workers.managers[worker].Open(m.Context(), in)
	s, err := session.From(ctx)
	if err != nil {
		m.Fatalf("From: %v", err)
	}
	v := &visit{browser: browser, exchange: x, session: s, base: map[string]int{}}
	if known := m.known[browser]; known != nil && known.alive {
		v.stored, v.base = known, maps.Clone(known.values)
	}
	if loaded := s.Status().State == session.StateLoaded; loaded != (v.stored != nil) {
		m.Fatalf("loaded: %v, the model says %v (%s)", loaded, v.stored != nil, s.Status())
	}
	return v
}

// pick chooses a request under way, or skips the action.
func (m *model) pick(t *rapid.T) *visit {
	if len(m.visits) == 0 {
		t.Skip("no request")
	}
	return m.visits[rapid.IntRange(0, len(m.visits)-1).Draw(t, "request")]
}

func key(t *rapid.T) string { return fmt.Sprint("k", rapid.IntRange(1, modelKeys).Draw(t, "key")) }

func (m *model) get(t *rapid.T) {
	v := m.pick(t)
	k := key(t)
	got, err := session.Get[int](v.session, k)
	if m.expect(v.over, err, "Get"); err == nil && got != v.view()[k] {
		m.Fatalf("Get %s: %d, the model says %d", k, got, v.view()[k])
	}
}

func (m *model) set(t *rapid.T) {
	v, s := m.pick(t), step{key: key(t), value: rapid.IntRange(1, 9).Draw(t, "value"), set: true}
	m.expect(v.over, session.Set(v.session, s.key, s.value), "Set")
	v.steps = append(v.steps, s)
}

func (m *model) delete(t *rapid.T) {
	v, k := m.pick(t), key(t)
	m.expect(v.over, v.session.Delete(k), "Delete")
	if _, there := v.view()[k]; there {
		v.steps = append(v.steps, step{key: k})
	}
}

func (m *model) clear(t *rapid.T) {
	v := m.pick(t)
	m.expect(v.over, v.session.Clear(), "Clear")
	if len(v.view()) > 0 {
		v.steps = append(v.steps, step{})
	}
}

func (m *model) update(t *rapid.T) {
	v, k := m.pick(t), key(t)
	got, err := session.Update(v.session, k, func(n int) (int, error) { return n + 1, nil })
	if !v.alive() {
		m.lost(v, err, "Update")
		return
	}
	m.expect(nil, err, "Update")
	v.save()
	v.stored.values[k]++
	v.base = maps.Clone(v.stored.values)
	if got != v.stored.values[k] {
		m.Fatalf("Update %s: %d, the model says %d", k, got, v.stored.values[k])
	}
}

func (m *model) commit(t *rapid.T) {
	v := m.pick(t)
	m.committed(v, v.session.Commit(m.Context()), "Commit")
}

// committed follows a commit whose result was err.
func (m *model) committed(v *visit, err error, what string) {
	switch {
	case v.over != nil:
		m.expect(v.over, err, what)
	case len(v.steps) == 0, v.stored == nil && len(v.view()) == 0: // nothing to save
		m.expect(nil, err, what)
		v.steps = nil
	case !v.alive():
		m.lost(v, err, what)
	default:
		m.expect(nil, err, what)
		v.save()
	}
}

func (m *model) renew(t *rapid.T) {
	v := m.pick(t)
	err := v.session.Renew(m.Context())
	switch {
	case v.over == nil && v.stored == nil: // nothing stored, nothing to move
		m.expect(nil, err, "Renew")
	case !v.alive():
		m.lost(v, err, "Renew")
	default:
		m.expect(nil, err, "Renew")
		old := v.stored
		v.save()
		old.alive = false
		v.stored = &stored{maps.Clone(v.base), true}
	}
}

func (m *model) logout(t *rapid.T) {
	v := m.pick(t)
	err := v.session.Destroy(m.Context())
	if v.over == session.ErrDestroyed {
		m.expect(v.over, err, "Destroy")
		return
	}
	m.expect(nil, err, "Destroy") // of one that is gone, too
	if v.stored != nil {
		v.stored.alive = false
	}
	v.over, v.steps = session.ErrDestroyed, nil
}

// expire lets so much time pass that every stored session is past its end.
func (m *model) expire(t *rapid.T) {
	for _, v := range m.visits {
		if v.stored == nil && v.over == nil {
			t.Skip("a request would outlive its new session")
		}
	}
	m.workers.clock.advance(modelLifetime)
	for _, v := range m.visits {
		if v.stored != nil {
			v.stored.alive = false
		}
	}
	for _, known := range m.known {
		if known != nil {
			known.alive = false
		}
	}
	for _, old := range m.old {
		old.stored.alive = false
	}
}

// cut sets a lifetime that is over: the save that follows ends the session.
func (m *model) cut(t *rapid.T) {
	v := m.pick(t)
	err := v.session.SetLifetime(-time.Second)
	if m.expect(v.over, err, "SetLifetime"); err != nil {
		return
	}
	err = v.session.Commit(m.Context())
	switch {
	case v.stored == nil && len(v.view()) == 0: // nothing to end
		m.expect(nil, err, "Commit")
		v.steps = nil
	case !v.alive():
		m.lost(v, err, "Commit")
	default:
		m.expect(nil, err, "Commit")
		v.save()
		v.stored.alive = false
		v.over = session.ErrDestroyed
	}
}

func (m *model) end(t *rapid.T) { m.finish(m.pick(t)) }

// finish ends a request; its answer brings the browser the cookie.
func (m *model) finish(v *visit) {
	out, err := v.exchange.Commit()
	if v.over != nil {
		m.expect(nil, err, "end") // the handler has heard of it
	} else {
		m.committed(v, err, "end")
	}
	if out.SetCookie != "" {
		c, err := http.ParseSetCookie(out.SetCookie)
		if err != nil {
			m.Fatalf("Set-Cookie: %v", err)
		}
		if m.known[v.browser] != nil {
			m.old = append(m.old, oldCookie{m.cookies[v.browser], m.known[v.browser]})
		}
		m.cookies[v.browser], m.known[v.browser] = c.Name+"="+c.Value, v.stored
		if c.MaxAge < 0 {
			m.cookies[v.browser], m.known[v.browser] = "", nil
		}
	}
	for i := range m.visits {
		if m.visits[i] == v {
			m.visits = append(m.visits[:i:i], m.visits[i+1:]...)
			break
		}
	}
}

// alive tells whether a save can succeed.
func (v *visit) alive() bool { return v.over == nil && (v.stored == nil || v.stored.alive) }

// view is what the request sees: what it read, and its changes.
func (v *visit) view() map[string]int {
	if v.over != nil {
		return map[string]int{}
	}
	return replay(v.base, v.steps)
}

// save replays the request's changes on what is stored now.
func (v *visit) save() {
	if v.stored == nil {
		v.stored = &stored{map[string]int{}, true}
	}
	v.stored.values = replay(v.stored.values, v.steps)
	v.base, v.steps = maps.Clone(v.stored.values), nil
}

func replay(values map[string]int, steps []step) map[string]int {
	values = maps.Clone(values)
	for _, s := range steps {
		switch {
		case s.key == "":
			clear(values)
		case s.set:
			values[s.key] = s.value
		default:
			delete(values, s.key)
		}
	}
	return values
}

// lost follows a save that had to fail: the session is gone for good.
func (m *model) lost(v *visit, err error, what string) {
	if v.over == nil {
		v.over, v.steps = session.ErrGone, nil
	}
	m.expect(v.over, err, what)
}

func (m *model) expect(want, got error, what string) {
	if !errors.Is(got, want) || want == nil && got != nil {
		m.Fatalf("%s: error %v, the model says %v", what, got, want)
	}
}

func (m *model) same(what string, want, got map[string]int) {
	if !maps.Equal(want, got) {
		m.Fatalf("%s: stored is %v, the model says %v", what, got, want)
	}
}

func content(t *rapid.T, s *session.Session) map[string]int {
	values := map[string]int{}
	for _, k := range s.Keys() {
		n, err := session.Get[int](s, k)
		if err != nil {
			t.Fatalf("Get %s: %v", k, err)
		}
		values[k] = n
	}
	return values
}
