package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

type (
	inner    struct{ ClientID string }
	hidden   struct{ Name, role string }
	pointing struct{ inner *inner }
	skipping struct {
		Name string
		Role string `json:"-"`
	}
	nested     struct{ Users map[string][]*hidden }
	described  interface{ Describe() string }
	described1 struct{ Text string }
	basket     struct{ Items []described }
	level      int
	roman      int
	stamped    struct {
		time.Time
		Note string
	}
	embedding struct{ *inner }
	equalled  struct {
		Name  string
		cache map[string]int
	}
	selfWritten struct{ text string }
	loose       struct {
		ID    any `json:"id"`
		Extra map[string]any
	}
	money struct{ cents int64 }
	shape struct {
		At     time.Time
		Until  *time.Time
		Tags   []string
		Next   *shape
		ByName map[string]*shape
		Any    any
		Raw    json.RawMessage
		unused *int //lint:ignore U1000 it is what is tested
	}
	embedsValue struct {
		Plain
		Own string
	}
	// Plain is embedded.
	Plain struct{ Text string }
)

func (d described1) Describe() string         { return d.Text }
func (l level) MarshalJSON() ([]byte, error)  { return json.Marshal([]string{"low", "high"}[l]) }
func (r roman) MarshalText() ([]byte, error)  { return []byte(strings.Repeat("I", int(r))), nil }
func (r *roman) UnmarshalText(b []byte) error { *r = roman(len(b)); return nil }
func (e equalled) Equal(other equalled) bool  { return e.Name == other.Name }
func (s selfWritten) MarshalText() ([]byte, error) {
	return []byte(s.text), nil
}
func (s *selfWritten) UnmarshalText(b []byte) error { s.text = string(b); return nil }
func (m money) MarshalJSON() ([]byte, error)        { return fmt.Appendf(nil, `"%d"`, m.cents), nil }
func (m *money) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(string(b), `"%d"`, &m.cents)
	return err
}

// sameName is a struct with two fields of one JSON name, which go vet refuses in
// plain sight.
func sameName() any {
	text := reflect.TypeFor[string]()
	v := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: text, Tag: `json:"name"`}, {Name: "B", Type: text, Tag: `json:"name"`}}))
	v.Elem().Field(0).SetString("a")
	return v.Elem().Interface()
}

type locked struct {
	mu   sync.RWMutex
	Name string
}

// family is a tree whose children know their parent again once it was read.
type family struct {
	Name   string
	Kids   []*family
	ByName map[string]family
	parent *family
	all    map[string]family
}

func newFamily() *family {
	f := &family{Name: "root", Kids: []*family{{Name: "ada"}, {Name: "bob"}}, ByName: map[string]family{"eve": {}}}
	f.adopt()
	return f
}

func (f *family) adopt() {
	for _, kid := range f.Kids {
		kid.parent = f
	}
	for name, kid := range f.ByName {
		kid.all = f.ByName
		f.ByName[name] = kid
	}
}

func (f *family) UnmarshalJSON(b []byte) error {
	type plain family
	err := json.Unmarshal(b, (*plain)(f))
	f.adopt()
	return err
}

// in does what f does in a new session of a mode.
func in(t *testing.T, mode config.Mode, f func(s *session.Session)) {
	t.Helper()
	cfg := testConfig()
	cfg.Mode = mode
	newBrowser(t, newManager(t, cfg, memstore.New(0))).visit(f)
}

var modes = []config.Mode{config.Development, config.Test, config.Production}

// Behaviour 122: what would be missed later is refused when it is set, except in
// production.
func TestSetRefusesWhatDoesNotComeBack(t *testing.T) {
	t.Parallel()
	now := time.Now()
	n := 1
	for name, c := range map[string]struct {
		value       any
		path, cause string
	}{
		"unexported":                 {hidden{"ada", "admin"}, "v.role", "not exported"},
		"unexported pointer":         {pointing{&inner{"x"}}, "v.inner", "not exported"},
		"skipped":                    {&skipping{"ada", "admin"}, "v.Role", `json:"-"`},
		"deep":                       {nested{map[string][]*hidden{"a": {nil, {"ada", "admin"}}}}, `v.Users["a"][1].role`, "not exported"},
		"interface slice":            {basket{[]described{described1{"x"}}}, "v.Items[0]", "session_test.described1"},
		"struct in any":              {loose{ID: inner{"x"}}, "v.id", "map[string]interface {}"},
		"struct in a map of any":     {loose{Extra: map[string]any{"at": []any{inner{}}}}, `v.Extra["at"][0]`, "session_test.inner"},
		"time in any":                {map[string]any{"at": now}, `v["at"]`, "time.Time"},
		"large number in any":        {map[string]any{"n": json.Number("12345678901234567890123")}, `v["n"]`, "64 bits"},
		"bytes in any":               {[]any{[]byte("x")}, "v[0]", "[]uint8"},
		"error":                      {errors.New("payment failed"), "", "error"},
		"wrapped error":              {fmt.Errorf("x: %w", errors.New("y")), "", "error"},
		"error field":                {struct{ Err error }{errors.New("x")}, "v.Err", "error"},
		"one way":                    {[]level{1}, "v[0]", "UnmarshalJSON"},
		"embedded writes for all":    {stamped{now, "birthday"}, "v.Note", "time.Time"},
		"two of a name":              {sameName(), "v.A", `"name"`},
		"embedded hidden pointer":    {embedding{&inner{"x"}}, "v.inner", "embed"},
		"user and password of a URL": {&url.URL{Host: "x", User: url.UserPassword("u", "p")}, "v.User.username", "not exported"},
		"function":                   {struct{ F func() }{func() {}}, "v.F", "func()"},
		"skipped function": {struct {
			F func() `json:"-"`
		}{func() {}}, "v.F", `json:"-"`},
		"channel":              {map[string]any{"c": make(chan int)}, `v["c"]`, "chan int"},
		"pointer to a pointer": {struct{ p **int }{new(&n)}, "v.p", "not exported"},
	} {
		for _, mode := range modes {
			in(t, mode, func(s *session.Session) {
				err := session.Set(s, "v", c.value)
				if mode == config.Production {
					if err == nil || name == "function" || name == "channel" {
						return // as it always was
					}
					t.Errorf("%s in production: %v", name, err)
					return
				}
				typed, ok := errors.AsType[*session.TypeError](err)
				if !ok || typed.Key != "v" || typed.Path != c.path || !strings.Contains(err.Error(), c.cause) || !strings.Contains(err.Error(), c.path) {
					t.Errorf("%s in %s: %v; want path %q and cause %q", name, mode, err, c.path, c.cause)
				}
				if s.Has("v") || s.Modified() {
					t.Errorf("%s: refused and set all the same", name)
				}
			})
		}
	}
}

// What comes back different and is the same all the same.
func TestSetTakesWhatComesBack(t *testing.T) {
	t.Parallel()
	now := time.Now() // with a monotonic reading and the local zone
	five := 5
	var nothing *int
	for name, value := range map[string]any{
		"nil": nil, "zero structs": []any{inner{}.ClientID, nil}, "times": shape{At: now, Until: &now},
		"zone":           time.Date(2026, 3, 28, 12, 0, 0, 0, time.FixedZone("x", 3600)),
		"all":            &shape{At: now, Tags: []string{}, Next: &shape{Any: map[string]any{"n": 1, "f": 1.5, "i": int32(7), "l": []any{"x", true, nil}}}, ByName: map[string]*shape{"a": nil, "b": {}}, Raw: json.RawMessage("{\n \"a\": \"<b>\" }")},
		"empty and nil":  [][]int{nil, {}},
		"nil map":        map[string]int(nil),
		"nil raw":        struct{ Raw json.RawMessage }{},
		"raw":            json.RawMessage(" [1, 2] "),
		"numbers in any": map[string]any{"a": 1, "b": int64(1) << 62, "c": uint64(1) << 63, "d": 0.1, "e": float32(0.1), "f": json.Number("12"), "z": json.Number("-0"), "e20": json.Number("100000000000000000000"), "p": json.Number("0.10"), "g": uint8(3), "h": 3.0},
		"floats":         []float64{0, 1e21, 1e-7, 5e-324, 0.1}, "float32": []float32{0.1},
		"pointers": []*int{&five, nil}, "nil pointer": nothing, "nil pointer in any": []any{nothing},
		"big": big.NewInt(0).Lsh(big.NewInt(1), 80), "big float": big.NewFloat(1.25), "rat": big.NewRat(1, 3),
		"address": netip.MustParseAddr("::1"), "cookie": http.Cookie{Name: "a", Value: "b", Expires: now.Round(0)},
		"URL": &url.URL{Scheme: "http", Host: "x", RawQuery: "a=b"}, "query": url.Values{"a": {"b"}},
		"equal": []equalled{{"ada", map[string]int{"x": 1}}}, "writes itself": selfWritten{"x"}, "money": []money{{5}}, "roman": map[roman]roman{2: 3},
		"embedded": embedsValue{Plain{"x"}, "y"}, "ids": map[int]string{1: "a", 2: "b"},
		"case alone": struct{ Name, NAME string }{"a", "b"}, "array": [3]byte{1, 2, 3}, "bytes": []byte{0, 255},
		"omitted": struct {
			A []int `json:",omitempty"`
		}{[]int{}}, "text in text": struct {
			N int `json:",string"`
		}{5},
		"lock held": func() *locked {
			v := &locked{Name: "ada"}
			v.mu.Lock()
			return v
		}(),
		"circle": newFamily(), "circle of maps": family{ByName: newFamily().ByName},
		"skipped and empty": skipping{Name: "ada"}, "unexported and empty": hidden{Name: "ada"},
	} {
		for _, mode := range modes {
			in(t, mode, func(s *session.Session) {
				if err := session.Set(s, "v", value); err != nil {
					t.Errorf("%s in %s: %v", name, mode, err)
				}
			})
		}
	}
}

// Every way in is checked, and another codec is trusted.
func TestEveryWayInIsChecked(t *testing.T) {
	t.Parallel()
	in(t, config.Test, func(s *session.Session) {
		lost := hidden{"ada", "admin"}
		_, updateErr := session.Update(s, "v", func(hidden) (hidden, error) { return lost, nil })
		_, absentErr := session.SetIfAbsent(s, "v", lost)
		for way, err := range map[string]error{"Update": updateErr, "SetIfAbsent": absentErr, "Set of any": session.Set[any](s, "v", lost)} {
			if typed, ok := errors.AsType[*session.TypeError](err); !ok || typed.Path != "v.role" {
				t.Errorf("%s: %v", way, err)
			}
		}
		set[any](t, s, "v", inner{"x"}) // a helper of the app's may take any
		want(t, "read as what it is", get[inner](t, s, "v").ClientID, "x")
	})
	trusting := session.BinaryCodec(func(any) ([]byte, error) { return []byte("\xff"), nil }, func([]byte, any) error { return nil })
	b := newBrowser(t, newManager(t, testConfig(), memstore.New(0), session.WithCodec(trusting)))
	b.visit(func(s *session.Session) {
		set(t, s, "a", hidden{"ada", "admin"})
		set(t, s, "b", "caf\xe9")
	})
}

// Behaviour 123: numbers where the type is any keep 64 bits.
func TestNumbersInAny(t *testing.T) {
	t.Parallel()
	const id = int64(1265476890672672809)
	b := newBrowser(t, newManager(t, testConfig(), memstore.New(0)))
	b.visit(func(s *session.Session) {
		set(t, s, "struct", loose{ID: id, Extra: map[string]any{"list": []any{id, map[string]any{"id": id}}}})
		set(t, s, "map", map[string]any{"id": id, "small": 5, "half": 0.5, "large": uint64(1) << 63, "huge": 1e30, "zero": 0.0})
		set[any](t, s, "any", id)
		set(t, s, "pointers", []*loose{{ID: id}, nil})
		set(t, s, "pointer", struct{ Loose *loose2 }{&loose2{id}})
		set(t, s, "own", map[string]*selfRead{"a": {}})
	})
	b.visit(func(s *session.Session) {
		v := get[loose](t, s, "struct")
		want(t, "field", v.ID, any(id))
		want(t, "in a list", v.Extra["list"].([]any)[0], any(id))
		want(t, "deep", v.Extra["list"].([]any)[1].(map[string]any)["id"], any(id))
		m := get[map[string]any](t, s, "map")
		for key, number := range map[string]any{"id": id, "small": int64(5), "half": 0.5, "large": uint64(1) << 63, "huge": 1e30} {
			want(t, key, m[key], number)
		}
		want(t, "any", get[any](t, s, "any"), any(id))
		want(t, "behind a pointer", get[[]*loose](t, s, "pointers")[0].ID, any(id))
		want(t, "as any", get[any](t, s, "struct").(map[string]any)["id"], any(id))
		want(t, "of a list", get[[]any](t, s, "pointers")[0].(map[string]any)["id"], any(id))
		if _, err := session.Get[map[string]any](s, "any"); err == nil {
			t.Error("a number was read as a map")
		}
		want(t, "read by its own method", get[map[string]*selfRead](t, s, "own")["a"].Got, any(1.0))
	})
}

type loose2 struct{ ID any }

// selfRead decides itself what its numbers are.
type selfRead struct{ Got any }

func (s selfRead) MarshalJSON() ([]byte, error)  { return []byte("1"), nil }
func (s *selfRead) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.Got) }
func (s selfRead) Equal(selfRead) bool           { return true }
