package session_test

import (
	"bytes"
	"encoding/gob"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// Behaviours 1, 22, 23, 24: what is not touched costs nothing.
func TestUntouchedCostsNothing(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))

	_, end := b.open()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	want(t, "store calls of a request that never asks", store.total(), 0)

	b.visit(func(s *session.Session) {
		want(t, "new session modified", s.Modified(), false)
		want(t, "state", s.Status().State, session.StateNew)
	})
	want(t, "store calls of an empty new session", store.total(), 0)
	if b.last != nil {
		t.Fatalf("an empty new session set the cookie %v", b.last)
	}

	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	want(t, "store calls of the first save", store.total(), 1)

	b.visit(func(s *session.Session) { want(t, "a", get[int](t, s, "a"), 1) })
	want(t, "store calls of a read", store.total(), 1)
	if b.last != nil {
		t.Fatalf("a read set the cookie %v", b.last)
	}
}

// Behaviours 2 to 13 and 25.
func TestValues(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		want(t, "missing int", get[int](t, s, "n"), 0)
		want(t, "missing string", get[string](t, s, "n"), "")
		want(t, "Has", s.Has("n"), false)
		if v, err := session.Pop[string](s, "n"); v != "" || err != nil {
			t.Fatalf("Pop of a missing key: %q, %v", v, err)
		}
		s.Delete("n")
		s.Clear()
		if m, err := s.Flashes(); m != nil || err != nil {
			t.Fatalf("Flashes of none: %v, %v", m, err)
		}
		want(t, "modified by reads and no-ops", s.Modified(), false)
		set(t, s, "n", 5)
		set(t, s, "name", "ada")
		want(t, "modified by Set", s.Modified(), true)
	})
	b.visit(func(s *session.Session) {
		_, err := session.Get[int](s, "name")
		var typed *session.TypeError
		if !errors.As(err, &typed) || typed.Key != "name" || typed.Want != "int" {
			t.Fatalf("Get[int] of a string: %v", err)
		}
		want(t, "Pop", must(session.Pop[int](s, "n")), 5)
		want(t, "Pop again", must(session.Pop[int](s, "n")), 0)
		want(t, "left to save by Pop", s.Modified(), false)
		set(t, s, "b", 1)
		set(t, s, "a", 1)
		want(t, "Keys", strings.Join(s.Keys(), " "), "a b name")
		s.Clear()
		want(t, "Keys after Clear", len(s.Keys()), 0)
		want(t, "Get after Clear", get[string](t, s, "name"), "")
		set(t, s, "c", 1)
		want(t, "Keys after Clear and Set", strings.Join(s.Keys(), " "), "c")
	})
	b.visit(func(s *session.Session) {
		want(t, "Keys later", strings.Join(s.Keys(), " "), "c")
		s.Delete("c")
	})
	b.visit(func(s *session.Session) { // 25
		want(t, "an emptied session stays", s.Status().State, session.StateLoaded)
		want(t, "Keys", len(s.Keys()), 0)
	})
}

// Behaviour 7.
func TestSetIfAbsent(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		want(t, "first", must(session.SetIfAbsent(s, "k", "one")), true)
		want(t, "second", must(session.SetIfAbsent(s, "k", "two")), false)
	})
	b.visit(func(s *session.Session) { want(t, "k", get[string](t, s, "k"), "one") })
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

type cart struct {
	Items []string
	Total map[string]float64
	At    time.Time
	Next  *cart
}

// Behaviours 16, 17, 96: every type round-trips, before and after the store.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	value := cart{[]string{"a\x00b", "Grüße 🎉 </script>\u2028"}, map[string]float64{"x": 1.5}, time.Unix(5, 7).UTC(), &cart{}}
	gobCodec := session.BinaryCodec(
		func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(v)
			return b.Bytes(), err
		},
		func(data []byte, v any) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(v) })
	for name, codec := range map[string]session.Codec{"json": session.JSON, "gob": gobCodec} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, newManager(t, testConfig(), memstore.New(0), session.WithCodec(codec)))
			check := func(s *session.Session) {
				if got := get[cart](t, s, "struct"); !reflect.DeepEqual(got, value) {
					t.Errorf("struct: got %+v, want %+v", got, value)
				}
				want(t, "int", get[int](t, s, "int"), math.MinInt64)
				want(t, "uint64", get[uint64](t, s, "uint64"), math.MaxUint64)
				want(t, "float", get[float64](t, s, "float"), math.SmallestNonzeroFloat64)
				want(t, "bool", get[bool](t, s, "bool"), true)
				want(t, "string", get[string](t, s, `ключ "quoted"\`), "\x00\"\\ü")
				want(t, "bytes", string(get[[]byte](t, s, "bytes")), "\xff\x00\xfe")
				want(t, "any", get[*int](t, s, "pointer") != nil, true)
			}
			b.visit(func(s *session.Session) {
				n := 7
				set(t, s, "struct", value)
				set(t, s, "int", math.MinInt64)
				set(t, s, "uint64", uint64(math.MaxUint64))
				set(t, s, "float", math.SmallestNonzeroFloat64)
				set(t, s, "bool", true)
				set(t, s, `ключ "quoted"\`, "\x00\"\\ü")
				set(t, s, "bytes", []byte("\xff\x00\xfe"))
				set(t, s, "pointer", &n)
				check(s)
			})
			b.visit(check)
		})
	}
}

// What the handler does to a value after Set changes nothing.
func TestSetCopies(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		list := []string{"a"}
		set(t, s, "list", list)
		list[0] = "changed"
		got := get[[]string](t, s, "list")
		want(t, "list", got[0], "a")
		got[0] = "changed"
		want(t, "list again", get[[]string](t, s, "list")[0], "a")
	})
}

// Behaviours 18, 108 and the limits of keys and values.
func TestBadInput(t *testing.T) {
	t.Parallel()
	cfg := testConfig()
	cfg.MaxRecordSize = 2000
	b := newBrowser(t, newManager(t, cfg, memstore.New(0)))
	deep := any(1)
	for range 200 {
		deep = []any{deep}
	}
	b.visit(func(s *session.Session) {
		for name, err := range map[string]error{
			"empty":    session.Set(s, "", 1),
			"reserved": session.Set(s, "_flash", 1),
			"long":     session.Set(s, strings.Repeat("k", session.MaxKeyLength+1), 1),
			"not utf8": session.Set(s, "\xff", 1),
			"delete":   s.Delete("_persist"),
		} {
			if !errors.Is(err, session.ErrInvalidKey) {
				t.Errorf("key %s: %v", name, err)
			}
		}
		var typed *session.TypeError
		for name, v := range map[string]any{"chan": make(chan int), "nan": math.NaN(), "deep": deep, "binary": "\xff"} {
			if err := session.Set(s, name, v); !errors.As(err, &typed) || typed.Key != name {
				t.Errorf("value %s: %v", name, err)
			}
		}
		err := session.Set(s, "big", strings.Repeat("x", 3000))
		if !errors.Is(err, session.ErrTooLarge) || !strings.Contains(err.Error(), `"big"`) {
			t.Errorf("one value over the limit: %v", err)
		}
		want(t, "modified by refused values", s.Modified(), false)
	})
	ctx, end := b.open()
	s := from(t, ctx)
	set(t, s, "small", strings.Repeat("x", 900))
	set(t, s, "largest", strings.Repeat("x", 1200))
	if err := end(); !errors.Is(err, session.ErrTooLarge) || !strings.Contains(err.Error(), `"largest"`) {
		t.Errorf("record over the limit: %v", err)
	}
}

// Behaviours 5 and 80: flashes show once, in order, and none is lost.
func TestFlash(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	b.visit(func(s *session.Session) {
		s.Flash("success", "one")
		s.Flash("error", "two")
	})
	ctx, end := b.open() // a request that shows them while another adds one
	s := from(t, ctx)
	shown := must(s.Flashes())
	b.visit(func(s *session.Session) { s.Flash("info", "three") })
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if want := []session.Message{{"success", "one"}, {"error", "two"}}; !slices.Equal(shown, want) {
		t.Fatalf("shown: %v", shown)
	}
	b.visit(func(s *session.Session) {
		if left := must(s.Flashes()); len(left) != 1 || left[0].Text != "three" {
			t.Fatalf("left: %v", left)
		}
	})
	b.visit(func(s *session.Session) { want(t, "shown again", len(must(s.Flashes())), 0) })
}

// Behaviours 19, 20, 21, 51, 52.
func TestDestroy(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, memoryManager(t))
	ctx, end := b.open()
	s := from(t, ctx)
	set(t, s, "a", 1)
	if err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil || b.last != nil {
		t.Fatalf("destroyed before it had a cookie: %v, %v", err, b.last)
	}

	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	ctx, end = b.open()
	s = from(t, ctx)
	want(t, "the same object", from(t, ctx), s)
	if err := s.Destroy(ctx); err != nil {
		t.Fatal(err)
	}
	_, getErr := session.Get[int](s, "a")
	_, updateErr := session.Update(s, "a", func(n int) (int, error) { return n, nil })
	for name, err := range map[string]error{
		"Get": getErr, "Update": updateErr, "Set": session.Set(s, "a", 2), "Delete": s.Delete("a"), "Clear": s.Clear(),
		"Renew": s.Renew(ctx), "Destroy": s.Destroy(ctx), "Commit": s.Commit(ctx), "Reload": s.Reload(ctx),
		"Flash": s.Flash("", ""), "SetLifetime": s.SetLifetime(1), "Touch": s.Touch(ctx),
	} {
		if err != session.ErrDestroyed {
			t.Errorf("%s after Destroy: %v", name, err)
		}
	}
	if err := end(); err != nil || b.last == nil || b.last.MaxAge >= 0 || b.last.Path != "/" {
		t.Fatalf("after Destroy: %v, cookie %v", err, b.last)
	}

	b.visit(func(s *session.Session) { set(t, s, "a", 1) })
	old := b.token()
	ctx, end = b.open()
	from(t, ctx).Destroy(ctx)
	fresh := from(t, ctx)
	set(t, fresh, "b", 2)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if b.token() == old || b.last == nil {
		t.Fatal("a session begun after Destroy has the old token")
	}
	b.visit(func(s *session.Session) { want(t, "Keys", strings.Join(s.Keys(), ""), "b") })
}

// Behaviours 26, 27, 28.
func TestExplicitSaveAndReload(t *testing.T) {
	t.Parallel()
	store := watch()
	b := newBrowser(t, newManager(t, testConfig(), store))
	ctx, end := b.open()
	s := from(t, ctx)
	set(t, s, "a", 1)
	for range 2 {
		if err := s.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	want(t, "store calls", store.total(), 1)

	ctx, end = b.open()
	s = from(t, ctx)
	b2 := *b
	b2.visit(func(other *session.Session) { set(t, other, "a", 2) })
	set(t, s, "b", 1)
	want(t, "before Reload", get[int](t, s, "a"), 1)
	if err := s.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	want(t, "after Reload", get[int](t, s, "a"), 2)
	want(t, "own change after Reload", get[int](t, s, "b"), 1)
	if err := end(); err != nil {
		t.Fatal(err)
	}
}

// Behaviours 14 and 15: managers of one app do not mix.
func TestTwoManagers(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	admin := testConfig()
	admin.Cookie.Name = "admin"
	m1, m2 := newManager(t, testConfig(), store), newManager(t, admin, store)
	b1, b2 := newBrowser(t, m1), newBrowser(t, m2)
	b1.visit(func(s *session.Session) { set(t, s, "who", "one") })
	b2.visit(func(s *session.Session) { set(t, s, "who", "two") })

	in := session.Incoming{Cookies: []string{b1.cookie + "; " + b2.cookie}}
	ctx, _, _ := sessiontest.Open(t.Context(), m1, in)
	ctx, _, _ = sessiontest.Open(ctx, m2, in)
	s1, s2 := must(m1.From(ctx)), must(m2.From(ctx))
	want(t, "first", get[string](t, s1, "who"), "one")
	want(t, "second", get[string](t, s2, "who"), "two")
	want(t, "From gives the innermost", from(t, ctx), s2)

	// 76: a token of one is worth nothing under the other's name.
	ctx, _, _ = sessiontest.Open(t.Context(), m2, session.Incoming{Cookies: []string{"admin=" + b1.token()}})
	want(t, "moved token", must(m2.From(ctx)).Status().Reason, diagnose.ReasonBadSignature)
}

func TestFromWithoutMiddleware(t *testing.T) {
	t.Parallel()
	if _, err := session.From(t.Context()); err != session.ErrNoMiddleware {
		t.Fatal(err)
	}
	if _, err := memoryManager(t).From(t.Context()); err != session.ErrNoMiddleware {
		t.Fatal(err)
	}
}

func TestNewManagerRefuses(t *testing.T) {
	t.Parallel()
	if _, err := session.NewManager(t.Context(), config.Config{}, nil); err == nil {
		t.Error("no store: no error")
	}
	if _, err := session.NewManager(t.Context(), config.Config{IdleTimeout: 48 * time.Hour}, memstore.New(0)); err == nil {
		t.Error("idle timeout over lifetime: no error")
	}
	closed := memstore.New(0)
	m, err := session.NewManager(t.Context(), config.Config{}, closed)
	if err != nil {
		t.Fatal("no configuration at all:", err)
	}
	m.Close()
}
