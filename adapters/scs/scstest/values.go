package scstest

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"
)

func keepTypes(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 5, time.UTC)
	values := map[string]any{
		"int": 1, "int64": int64(2), "int32": int32(3), "float": 1.0, "text": "ü", "zip": "\xff", "bool": true, "bytes": []byte{0, 255},
		"time": at, "strings": []string{"a"}, "profile": Profile{"Ada"}, "uint8": uint8(9),
	}
	s.visit(func(ctx context.Context) {
		for key, v := range values {
			s.Put(ctx, key, v)
		}
	})
	for key, v := range values {
		s.want(key, v)
	}
	s.want("nothing", nil)
}

func getters(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	s.visit(func(ctx context.Context) {
		for key, v := range map[string]any{"s": "a", "b": true, "i": 1, "i64": int64(2), "i32": int32(3), "f": 1.5, "bs": []byte("x"), "t": at} {
			s.Put(ctx, key, v)
		}
	})
	s.visit(func(ctx context.Context) {
		got := []any{s.GetString(ctx, "s"), s.GetBool(ctx, "b"), s.GetInt(ctx, "i"), s.GetInt64(ctx, "i64"), s.GetInt32(ctx, "i32"), s.GetFloat(ctx, "f"), string(s.GetBytes(ctx, "bs")), s.GetTime(ctx, "t").Equal(at)}
		if want := []any{"a", true, 1, int64(2), int32(3), 1.5, "x", true}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		none := []any{s.GetString(ctx, "i"), s.GetBool(ctx, "s"), s.GetInt(ctx, "s"), s.GetInt64(ctx, "i"), s.GetInt32(ctx, "i"), s.GetFloat(ctx, "i"), string(s.GetBytes(ctx, "s")), s.GetTime(ctx, "s").IsZero()}
		if want := []any{"", false, 0, int64(0), int32(0), 0.0, "", true}; !reflect.DeepEqual(none, want) {
			t.Errorf("of another type: %v, want %v", none, want)
		}
	})
}

func pops(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	s.visit(func(ctx context.Context) {
		for key, v := range map[string]any{"s": "a", "b": true, "i": 1, "f": 1.5, "bs": []byte("x"), "t": at, "any": Profile{"Ada"}} {
			s.Put(ctx, key, v)
		}
		s.Put(ctx, "now", "n")
		if got := s.PopString(ctx, "now"); got != "n" {
			t.Errorf("%q", got)
		}
	})
	s.visit(func(ctx context.Context) {
		got := []any{s.PopString(ctx, "s"), s.PopBool(ctx, "b"), s.PopInt(ctx, "i"), s.PopFloat(ctx, "f"), string(s.PopBytes(ctx, "bs")), s.PopTime(ctx, "t").Equal(at), s.Pop(ctx, "any"), s.Pop(ctx, "nothing")}
		if want := []any{"a", true, 1, 1.5, "x", true, Profile{"Ada"}, nil}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if s.Exists(ctx, "s") {
			t.Error("it is still there")
		}
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); len(keys) != 0 {
			t.Errorf("%q are still there", keys)
		}
	})
}

func removal(t *testing.T, start start) {
	s := start(Settings{})
	s.visit(func(ctx context.Context) {
		for _, key := range []string{"c", "a", "b"} {
			s.Put(ctx, key, key)
		}
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"a", "b", "c"}) {
			t.Errorf("%q", keys)
		}
	})
	s.visit(func(ctx context.Context) {
		s.Remove(ctx, "b")
		s.Remove(ctx, "nothing")
		if s.Exists(ctx, "b") || !s.Exists(ctx, "a") {
			t.Error("what exists")
		}
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"a", "c"}) {
			t.Errorf("%q", keys)
		}
		if err := s.Clear(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "new", 1)
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"new"}) {
			t.Errorf("%q", keys)
		}
	})
}

func names(t *testing.T, start start) {
	s := start(Settings{})
	for _, key := range []string{"_flash", "__csrf", "", "~", "a b", "ü", "{}", `"`} {
		s.put(key, "x"+key)
		s.want(key, "x"+key)
	}
}

func sameObject(t *testing.T, start start) {
	s := start(Settings{})
	s.visit(func(ctx context.Context) {
		v := []string{"a"}
		s.Put(ctx, "v", v)
		v[0] = "b" // before it is saved
		if got := s.Get(ctx, "v"); !reflect.DeepEqual(got, v) {
			t.Errorf("%v", got)
		}
	})
	s.want("v", []string{"b"})
}

func pointers(t *testing.T, start start) {
	s := start(Settings{})
	s.put("v", []string{"a"})
	s.visit(func(ctx context.Context) {
		s.Get(ctx, "v").([]string)[0] = "b"
		s.Put(ctx, "other", 1)
	})
	s.want("v", []string{"b"})
}

func unknownType(t *testing.T, start start) {
	s := start(Settings{})
	res := s.put("x", unregistered{"x"})
	if res.StatusCode != http.StatusInternalServerError || s.sent(res, "session") != nil {
		t.Error(res.StatusCode)
	}
}
