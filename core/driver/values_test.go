package driver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// valuesOf parses a JSON object that is known to be good.
func valuesOf(t testing.TB, text string) driver.Values {
	t.Helper()
	v, err := driver.ParseValues(text)
	if err != nil {
		t.Fatalf("ParseValues(%q): %v", text, err)
	}
	return v
}

func TestValuesZeroIsEmpty(t *testing.T) {
	t.Parallel()
	var zero driver.Values
	if zero.JSON() != "{}" || zero.Len() != 0 || zero.Size() != 2 || len(zero.Keys()) != 0 {
		t.Errorf("got %s with %d keys of %d bytes", zero.JSON(), zero.Len(), zero.Size())
	}
	if raw, ok := zero.Get("a"); ok || raw != "" {
		t.Errorf("Get found %q", raw)
	}
	if raw, ok := zero.With("a", nil).Get("a"); ok {
		t.Errorf("a value that is no JSON was read as %q", raw)
	}
	for key := range zero.All() {
		t.Errorf("All yields %q", key)
	}
	for _, text := range []string{"{}", " { } ", "\r\n\t{\n}\n"} {
		if v := valuesOf(t, text); v != zero {
			t.Errorf("ParseValues(%q) is not the zero value", text)
		}
	}
	if v := without(zero.With("a", json.RawMessage("1")), "a"); v != zero {
		t.Errorf("emptied again it is %s, not the zero value", v.JSON())
	}
	if v := without(zero, "a"); v != zero {
		t.Errorf("Without of nothing gives %s", v.JSON())
	}
}

func TestValuesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"a":1}`,
		`{"a":null,"b":true,"c":[1,{"d":[]}],"e":{"f":{}},"g":"x","h":-1.5e+3}`,
		`{"nested \"quotes\"":"a \"quoted\" } ] text","\\":"\\"}`,
		`{"grün":"日本","🗝️":"\u2028"}`,
		`{"":0}`,
	} {
		v := valuesOf(t, text)
		if v.JSON() != text || v.Size() != len(text) {
			t.Errorf("%s came back as %s", text, v.JSON())
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		for key, raw := range want {
			if got, ok := v.Get(key); !ok || string(got) != string(raw) {
				t.Errorf("%s: Get(%q) = %s, %v; want %s", text, key, got, ok, raw)
			}
		}
		if v.Len() != len(want) {
			t.Errorf("%s has %d keys, and not %d", text, v.Len(), len(want))
		}
	}
}

func TestValuesKeepSpaceInside(t *testing.T) {
	t.Parallel()
	v := valuesOf(t, "\n{ \"a\" :\t[ 1 , 2 ] ,\r\n\"b\" : \"x y\" }\n")
	for key, want := range map[string]string{"a": "[ 1 , 2 ]", "b": `"x y"`} {
		if raw, _ := v.Get(key); string(raw) != want {
			t.Errorf("Get(%q) = %q, want %q", key, raw, want)
		}
	}
	if got, want := v.With("c", json.RawMessage("3")).JSON(), `{"a":[ 1 , 2 ],"b":"x y","c":3}`; got != want {
		t.Errorf("With gives %q, want %q", got, want)
	}
}

var strangeKeys = []string{
	"", " ", "a", "A", `"`, `\`, `\"`, `\\`, `\u0041`, "a\\", "'", "/", "<b>&amp;</b>", "\x00", "\n", "\t", "\x1f", "\x7f",
	"{", "}", "[", ",", ":", "{}", `{"a":1}`, "grün", "日本", "🗝️", "\u2028\u2029", "e\u0301", "\u00e9", "\ufffd", "\ufeff",
	"rev", "values", "_user", strings.Repeat("k", 300),
}

func TestValuesKeys(t *testing.T) {
	t.Parallel()
	var v driver.Values
	for i, key := range strangeKeys {
		v = v.With(key, json.RawMessage(fmt.Sprint(i)))
	}
	if !json.Valid([]byte(v.JSON())) {
		t.Fatalf("not JSON: %s", v.JSON())
	}
	want := slices.Sorted(slices.Values(strangeKeys))
	if got := v.Keys(); !slices.Equal(got, want) {
		t.Errorf("Keys() = %q, want %q", got, want)
	}
	if parsed := valuesOf(t, v.JSON()); parsed != v {
		t.Errorf("%s came back as %s", v.JSON(), parsed.JSON())
	}
	for i, key := range strangeKeys {
		if raw, ok := v.Get(key); !ok || string(raw) != fmt.Sprint(i) {
			t.Errorf("Get(%q) = %s, %v; want %d", key, raw, ok, i)
		}
		if _, ok := without(v, key).Get(key); ok {
			t.Errorf("Without(%q) left it", key)
		}
		if n := without(v, key).Len(); n != len(strangeKeys)-1 {
			t.Errorf("Without(%q) leaves %d keys", key, n)
		}
		if n := v.With(key, json.RawMessage("null")).Len(); n != len(strangeKeys) {
			t.Errorf("With(%q) again makes %d keys", key, n)
		}
	}
}

// Other writers may escape what needs no escape.
func TestValuesFindEscapedKeys(t *testing.T) {
	t.Parallel()
	v := valuesOf(t, `{"\u0061":1,"\/":2,"\ud83d\udddd":3,"b":4}`)
	for key, want := range map[string]string{"a": "1", "/": "2", "🗝": "3", "b": "4"} {
		if raw, ok := v.Get(key); !ok || string(raw) != want {
			t.Errorf("Get(%q) = %s, %v; want %s", key, raw, ok, want)
		}
	}
	if raw, ok := v.Get(`\u0061`); ok {
		t.Errorf("found %s under the escaped form", raw)
	}
	if got, want := v.With("a", json.RawMessage("9")).JSON(), `{"\/":2,"\ud83d\udddd":3,"b":4,"a":9}`; got != want {
		t.Errorf("With gives %s, want %s", got, want)
	}
	if got, want := without(v, "/").JSON(), `{"\u0061":1,"\ud83d\udddd":3,"b":4}`; got != want {
		t.Errorf("Without gives %s, want %s", got, want)
	}
}

func TestValuesChange(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from   string
		change func(driver.Values) driver.Values
		want   string
	}{
		"a new key comes last": {`{"b":1,"a":2}`,
			func(v driver.Values) driver.Values { return v.With("c", json.RawMessage("3")) }, `{"b":1,"a":2,"c":3}`},
		"a changed key comes last": {`{"b":1,"a":2}`,
			func(v driver.Values) driver.Values { return v.With("b", json.RawMessage("3")) }, `{"a":2,"b":3}`},
		"a key leaves the others in order": {`{"c":1,"b":2,"a":3}`,
			func(v driver.Values) driver.Values { return without(v, "b") }, `{"c":1,"a":3}`},
		"removing what is not there": {`{"c":1}`,
			func(v driver.Values) driver.Values { return without(v, "C") }, `{"c":1}`},
		"the last one goes": {`{"c":1}`,
			func(v driver.Values) driver.Values { return without(v, "c") }, `{}`},
		"a doubled key is replaced as one": {`{"a":1,"b":2,"a":3}`,
			func(v driver.Values) driver.Values { return v.With("a", json.RawMessage("4")) }, `{"b":2,"a":4}`},
		"a doubled key is removed as one": {`{"a":1,"b":2,"\u0061":3}`,
			func(v driver.Values) driver.Values { return without(v, "a") }, `{"b":2}`},
		"an empty key is a key": {`{}`,
			func(v driver.Values) driver.Values { return v.With("", json.RawMessage(`""`)) }, `{"":""}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := valuesOf(t, test.from)
			text := before.JSON()
			if got := test.change(before).JSON(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if before.JSON() != text {
				t.Errorf("the values changed from were changed to %s", before.JSON())
			}
		})
	}
}

func TestValuesAreImmutable(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(`"red"`)
	v := driver.Values{}.With("color", raw)
	copy(raw, `"foo"`)
	if want := `{"color":"red"}`; v.JSON() != want {
		t.Errorf("got %s, want %s", v.JSON(), want)
	}
}

func TestValuesAll(t *testing.T) {
	t.Parallel()
	v := valuesOf(t, `{"c":1,"a":2,"b":3}`)
	var order []string
	for key, raw := range v.All() {
		order = append(order, key+"="+raw)
	}
	if want := []string{"c=1", "a=2", "b=3"}; !slices.Equal(order, want) {
		t.Errorf("All yields %q, want %q", order, want)
	}
	for key := range v.All() {
		if key != "c" {
			t.Errorf("went on to %q", key)
		}
		break
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(v.Keys(), want) {
		t.Errorf("Keys() = %q, want %q", v.Keys(), want)
	}
}

func without(v driver.Values, key string) driver.Values {
	return v.Merge(false, []driver.Edit{{Key: key, Gone: true}})
}
