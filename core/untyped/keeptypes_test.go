package untyped_test

import (
	"encoding/gob"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// profile is a type of an app's that is registered, the other one is not.
type (
	profile struct {
		Name string
		Tags map[string][]int
	}
	unregistered struct{ Name string }
)

func init() { gob.Register(&profile{}) }

func TestKeepTypes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 8, 0, 0, 123456789, time.FixedZone("", 3*3600))
	for _, v := range []any{
		nil, true, false, 0, -7, math.MaxInt, math.MinInt, "", "text", `"quoted" \ <b> ü` + "\n\u2028", "\xff\x00gzip", "\ufffd",
		0.0, 1.0, -2.5, 1e300, 5e-324, math.Inf(1), float32(1.5),
		int8(-8), int16(16), int32(32), int64(math.MinInt64), uint(1), uint8(8), uint16(16), uint32(32), uint64(math.MaxUint64),
		[]byte{}, []byte("\x00\xff"), at, time.Time{}, at.UTC(),
		[]any{}, []any{"a", 1, []any{int64(2), nil}, []byte("x")}, []string{"a", "b"}, []int{1}, 'x', time.Second, 2 + 3i,
		&profile{"Ada", map[string][]int{"x": {1}}},
	} {
		raw, err := untyped.KeepTypes.Marshal(v)
		if err != nil {
			if _, ok := v.(time.Duration); ok { // as in the libraries that it stands in for
				continue
			}
			t.Errorf("%T %v: %v", v, v, err)
			continue
		}
		var got any = "something else"
		if err := untyped.KeepTypes.Unmarshal(raw, &got); err != nil || !json.Valid(raw) {
			t.Errorf("%T %v: %s: %v", v, v, raw, err)
		}
		if want, ok := v.(time.Time); ok {
			if got, ok := got.(time.Time); !ok || !got.Equal(want) {
				t.Errorf("%v came back as %v", want, got)
			}
		} else if !reflect.DeepEqual(got, v) {
			t.Errorf("%T %v came back as %T %v by %s", v, v, got, got, raw)
		}
	}
	for _, v := range []any{unregistered{"x"}, (*profile)(nil), func() {}, []any{unregistered{}}} {
		if raw, err := untyped.KeepTypes.Marshal(v); err == nil {
			t.Errorf("%T was encoded to %s", v, raw)
		}
	}
	for raw, want := range map[string]any{
		`5`: 5, `5.0`: 5.0, `18446744073709551615`: uint64(math.MaxUint64), `{"a":1}`: map[string]any{"a": int64(1)}, `["x"]`: []any{"x"},
		`{"$other":"x"}`: map[string]any{"$other": "x"}, `{"$int32":7,"b":1}`: map[string]any{"$int32": int64(7), "b": int64(1)},
	} {
		var got any
		if err := untyped.KeepTypes.Unmarshal(json.RawMessage(raw), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %T %v, %v", raw, got, got, err)
		}
	}
	for _, raw := range []string{`{"$int8":300}`, `{"$gob":"AAAA"}`, `{"$gob":7}`, `{"$bytes":"?"}`, `{"$time":"noon"}`, `{"$list":[{"$gob":""}]}`, `{"$list":1}`} {
		var got any
		if err := untyped.KeepTypes.Unmarshal(json.RawMessage(raw), &got); err == nil {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

// The typed functions work beside it, in both directions.
func TestKeepTypesInASession(t *testing.T) {
	t.Parallel()
	m := sessiontest.NewManager(t, session.WithCodec(untyped.KeepTypes))
	ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
	s, err := session.From(ctx)
	if err != nil {
		t.Fatal(err)
	}
	put := func(key string, v any) {
		t.Helper()
		if err := session.Set(s, key, v); err != nil {
			t.Error(err)
		}
	}
	put("int", 7)
	put("text", "\xff")
	put("big", int64(8))
	put("profile", &profile{Name: "Ada"})
	if n, err := session.Get[int](s, "int"); n != 7 || err != nil {
		t.Error(n, err)
	}
	if n, err := session.Get[int64](s, "big"); n != 8 || err != nil {
		t.Error(n, err)
	}
	if p, err := session.Get[*profile](s, "profile"); err != nil || p.Name != "Ada" {
		t.Error(p, err)
	}
	if text, err := session.Get[string](s, "text"); text != "\xff" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if n, err := session.Get[int](s, "big"); err == nil {
		t.Error(n)
	}
	if err := session.Set(s, "no", unregistered{}); err == nil {
		t.Error("an unregistered type was put")
	}
}
