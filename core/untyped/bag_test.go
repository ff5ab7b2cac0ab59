package untyped_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// stored is a visitor whose session is stored already.
func stored(t *testing.T, values map[string]any) (m *session.Manager, cookie string) {
	t.Helper()
	m = sessiontest.NewManager(t, session.WithCodec(untyped.KeepTypes))
	b := open(t, m, "")
	for name, v := range values {
		b.Put(name, v)
	}
	save(t, b)
	return m, b.Session().Cookie().Value
}

func open(t *testing.T, m *session.Manager, cookie string) *untyped.Bag {
	t.Helper()
	s, err := new(session.Exchange).Load(t.Context(), m, cookie)
	if err != nil {
		t.Fatal(err)
	}
	return untyped.NewBag(s, "stock")
}

func save(t *testing.T, b *untyped.Bag) {
	t.Helper()
	if err := b.Save(); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, b *untyped.Bag, name string, v any) {
	t.Helper()
	got, ok, err := b.Get(name)
	if fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", v, v) || err != nil || ok != (v != nil) {
		t.Errorf("%q is %T %v (%v, %v), want %T %v", name, got, got, ok, err, v, v)
	}
}

func TestBag(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"a": 1, "_b": int64(2), "": "none", "~c": []byte("x")})
	b := open(t, m, cookie)
	want(t, b, "a", 1)
	want(t, b, "_b", int64(2))
	want(t, b, "", "none")
	want(t, b, "~c", []byte("x"))
	want(t, b, "d", nil)
	if names := b.Names(); !slices.Equal(names, []string{"", "_b", "a", "~c"}) {
		t.Errorf("%q", names)
	}
	if b.Modified() {
		t.Error("reading modifies")
	}
	b.Put("a", "one")
	b.Put("e", 5)
	want(t, b, "a", "one")
	if !b.Delete("_b") || b.Delete("_b") || !b.Delete("e") || b.Delete("nothing") {
		t.Error("what was there, and what was not")
	}
	want(t, b, "_b", nil)
	save(t, b)
	save(t, b)
	b = open(t, m, cookie)
	want(t, b, "a", "one")
	want(t, b, "_b", nil)
	want(t, b, "e", nil)
	if !b.Clear() || b.Clear() {
		t.Error("clearing twice")
	}
	b.Put("new", 1)
	if names := b.Names(); !slices.Equal(names, []string{"new"}) {
		t.Errorf("%q", names)
	}
	save(t, b)
	b = open(t, m, cookie)
	want(t, b, "a", nil)
	want(t, b, "new", 1)
}

// Of what two requests do at a time each other's names stay, lists and counts are
// added up, and of the rest the later one stays.
func TestBagMerges(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"count": 5, "stock": 5, "page": 5, "list": []any{"a"}, "far": 5})
	one, two := open(t, m, cookie), open(t, m, cookie)
	for i, b := range []*untyped.Bag{one, two} {
		for _, name := range []string{"count", "page", "far", "stock"} {
			b.Get(name)
		}
		b.Put("count", 6)
		b.Put("stock", 4)
		b.Put("page", 6)
		b.Put("far", 8)
		list, _, _ := b.Get("list")
		b.Put("list", append(list.([]any), fmt.Sprint("from ", i)))
		b.Get("flashes")
		b.Put("flashes", []any{i})
		b.Put(fmt.Sprint("own", i), i)
	}
	save(t, one)
	save(t, two)
	b := open(t, m, cookie)
	want(t, b, "count", 7)
	want(t, b, "stock", 3)
	want(t, b, "page", 6)
	want(t, b, "far", 8)
	want(t, b, "list", []any{"a", "from 0", "from 1"})
	want(t, b, "flashes", []any{0, 1})
	want(t, b, "own0", 0)
	want(t, b, "own1", 1)
}

// What was put without being read takes the place of what is there.
func TestBagSetsCounts(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"count": 5})
	one, two := open(t, m, cookie), open(t, m, cookie)
	one.Get("count")
	one.Put("count", 6)
	two.Put("count", 4)
	save(t, one)
	save(t, two)
	want(t, open(t, m, cookie), "count", 4)
}

func TestBagIncrements(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"visits": 0})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			b := open(t, m, cookie)
			n, _, _ := b.Get("visits")
			b.Put("visits", n.(int)+1)
			save(t, b)
		})
	}
	all.Wait()
	want(t, open(t, m, cookie), "visits", 20)
}

// Of several requests one gets what is taken out.
func TestBagPops(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"flash": "saved", "other": 1})
	one, two := open(t, m, cookie), open(t, m, cookie)
	want(t, two, "flash", "saved")
	if v, ok, err := one.Pop("flash"); v != "saved" || !ok || err != nil {
		t.Error(v, ok, err)
	}
	if v, ok, err := two.Pop("flash"); ok || err != nil {
		t.Error(v, ok, err)
	}
	want(t, one, "flash", nil)
	one.Put("flash", "new")
	if v, ok, _ := one.Pop("flash"); v != "new" || !ok {
		t.Error(v)
	}
	one.Put("other", 2)
	if v, ok, _ := one.Pop("other"); v != 2 || !ok {
		t.Error(v)
	}
	save(t, one)
	want(t, open(t, m, cookie), "other", nil)
}

// What the app changes in place counts when it is told to.
func TestBagModify(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"list": []string{"a"}, "same": []string{"b"}})
	b := open(t, m, cookie)
	list, _, _ := b.Get("list")
	b.Get("same")
	b.Modify()
	if b.Modified() {
		t.Error("nothing was changed")
	}
	list.([]string)[0] = "A"
	b.Modify()
	save(t, b)
	want(t, open(t, m, cookie), "list", []string{"A"})
}

// What cannot be saved is told by its name, and a session that has ended stays so.
func TestBagErrors(t *testing.T) {
	t.Parallel()
	m, cookie := stored(t, map[string]any{"a": 1})
	b := open(t, m, cookie)
	b.Put("chan", make(chan int))
	var refused *session.TypeError
	if err := b.Save(); !errors.As(err, &refused) || refused.Key != "chan" {
		t.Error(err)
	}
	b = open(t, m, cookie)
	if err := m.Destroy(t.Context(), b.Session().ID()); err != nil {
		t.Fatal(err)
	}
	b.Put("a", 2)
	if err := b.Save(); !errors.Is(err, session.ErrGone) {
		t.Error(err)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for name, is := range map[string]bool{
		"count": true, "Count": true, "login_attempts": true, "pageViews": true, "COUNT": true, "cart.count": true,
		"page": false, "account": false, "discount": false, "user_id": false, "": false, "count2": false, "counting": false,
	} {
		if untyped.Counts(name) != is {
			t.Errorf("%q: %v", name, !is)
		}
	}
}
