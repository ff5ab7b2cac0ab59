package driver_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// maxDepth is how deep a value may be nested.
const maxDepth = 100

func TestParseValuesRejects(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "null", "1", `"a"`, "[]", "[1]", "{", "}", "{{}", "{}}", "{} {}", "{}x", "x{}", "{}\v", "\u00a0{}", "\ufeff{}",
		`{"a"`, `{"a"}`, `{"a":`, `{"a":}`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{,"a":1}`, `{"a":1,,"b":2}`,
		`{"a":1 "b":2}`, `{"a" 1}`, `{"a"::1}`, `{a:1}`, `{'a':1}`, `{1:2}`, `{null:1}`, `{[]:1}`,
		`{"a":"`, `{"a":"x`, `{"a":"x\`, `{"a":"x\"`, `{"a":"x\"}`, `{"a`, `{"a\`, `{"a\"`, "{\"a\n\":1}", "{\"a\":\"\t\"}", "{\"a\":\"\x00\"}",
		`{"a":[}`, `{"a":[1}`, `{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":{]}`, `{"a":{"b"}}`, `{"a":{"b":}}`, `{"a":{"b":1,}}`, `{"a":{b:1}}`,
		`{"a":]}`, `{"a":[[[}`, `{"a":?}`, `{"a":'b'}`, `{"a":1}//`, `{"a":/**/1}`,
		`{"a":` + strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1) + `}`,
		`{"a":` + strings.Repeat(`{"":`, maxDepth) + `1` + strings.Repeat("}", maxDepth) + `}`,
		strings.Repeat(`{"a":`, 1_000_000),
		`{"a":` + strings.Repeat("[", 1_000_000),
	} {
		if v, err := driver.ParseValues(text); err == nil {
			t.Errorf("ParseValues(%.80q) gives %.80s", text, v.JSON())
		}
	}
}

func TestParseValuesDepth(t *testing.T) {
	t.Parallel()
	valuesOf(t, `{"a":`+strings.Repeat("[", maxDepth)+strings.Repeat("]", maxDepth)+`}`)
	valuesOf(t, `{"a":`+strings.Repeat(`{"":`, maxDepth-1)+`1`+strings.Repeat("}", maxDepth-1)+`}`)
}

// FuzzParseValues compares with encoding/json: the structure is judged alike,
// what is inside strings and literals is judged when a value is decoded.
func FuzzParseValues(f *testing.F) {
	for _, text := range []string{
		`{}`, ` {"a" : 1 , "b" : [ ] } `, `{"a":1,"a":2}`, `{"\u0061":"\ud800","\\":{"x":[1,2,{"y":null}]}}`,
		`{"a":tru,"b":01,"c":"\q"}`, `{"\q":1}`, "{\"a\":\"\xff\"}", `{"a":-1.5E+3}`, `[1]`, `{"a":[}`, "{}\v", "{}\u00a0",
		`{"a":":b","c":",d", "x" :"a:","y":"\",\"z\":"}`, `{"a": 1,"b" :"a","a":2}`, `{"a":"b","b":"c"}`, `{"a":{"b":1},"b":[{"c":2}]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := driver.ParseValues(text)
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal([]byte(text), &want)
		if err != nil {
			if wantErr == nil && want != nil && depth(text) <= maxDepth {
				t.Fatalf("ParseValues(%q): %v, encoding/json accepts it", text, err)
			}
			return
		}
		if outline := outlineOf(text); !json.Valid([]byte(outline)) {
			t.Fatalf("ParseValues(%q) accepted the structure %s", text, outline)
		}
		if wantErr == nil && utf8.ValidString(text) {
			got := slices.Compact(v.Keys())
			if keys := slices.Sorted(maps.Keys(want)); !slices.Equal(got, keys) {
				t.Fatalf("ParseValues(%q) has the keys %q, encoding/json %q", text, got, keys)
			}
		}
		if again, err := driver.ParseValues(v.JSON()); err != nil || again != v {
			t.Fatalf("ParseValues(%q) gives %q, and that %q, %v", text, v.JSON(), again.JSON(), err)
		}
		tryEveryKey(t, v)
	})
}

// tryEveryKey reads, replaces and removes each key.
func tryEveryKey(t *testing.T, v driver.Values) {
	keys := slices.Compact(v.Keys())
	stored := map[string][]string{} // more than one where a key is there twice, of which either will do
	for key, raw := range v.All() {
		stored[key] = append(stored[key], string(raw))
	}
	for _, key := range append(strings.Split(v.JSON(), `"`), keys...) { // not all that stands between quotes is a key
		if raw, ok := v.Get(key); ok != (stored[key] != nil) || ok && !slices.Contains(stored[key], string(raw)) {
			t.Fatalf("%q: Get(%q) gives %q, %v; All yields %q", v.JSON(), key, raw, ok, stored[key])
		}
	}
	for _, key := range keys {
		without := without(v, key)
		if _, ok := without.Get(key); ok || len(slices.Compact(without.Keys())) != len(keys)-1 {
			t.Fatalf("%q: Without(%q) gives %q", v.JSON(), key, without.JSON())
		}
		if !utf8.ValidString(key) {
			continue // no session has such a key
		}
		with := v.With(key, json.RawMessage(`"new"`))
		if raw, _ := with.Get(key); string(raw) != `"new"` || len(slices.Compact(with.Keys())) != len(keys) {
			t.Fatalf("%q: With(%q) gives %q", v.JSON(), key, with.JSON())
		}
	}
}

// outlineOf makes every string empty and every literal 0: what is left of a
// JSON text is its structure.
func outlineOf(text string) string {
	var outline strings.Builder
	for i := 0; i < len(text); {
		start := i
		switch {
		case text[i] == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			i++
			outline.WriteString(`""`)
		case strings.IndexByte(literal, text[i]) >= 0:
			for i < len(text) && strings.IndexByte(literal, text[i]) >= 0 {
				i++
			}
			outline.WriteString("0")
		default:
			i++
			outline.WriteString(text[start:i])
		}
	}
	return outline.String()
}

const literal = "0123456789abcdefghijklmnopqrstuvwxyz+-.E"

// depth is how deep the values of valid JSON are nested.
func depth(text string) (deepest int) {
	dec := json.NewDecoder(strings.NewReader(text))
	level := -1
	for {
		token, err := dec.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			level++
			deepest = max(deepest, level)
		case json.Delim('}'), json.Delim(']'):
			level--
		default:
			deepest = max(deepest, level+1)
		}
	}
}

// FuzzParseRecord: no text makes it panic, and what was read is stored and
// read again as the same.
func FuzzParseRecord(f *testing.F) {
	f.Add(string(goldenRecord(f).AppendJSON(nil)))
	f.Add(`{"rev":1,"exp":          2000,"end":3000,"iat":1000}`)
	f.Add(`{"data":{"a":{}},"rev":1,"rev":2,"exp":-5,"end":99999999999999999,"iat":0,"user":"\ud800"}`)
	f.Add("{\"rev\":1,\"exp\":2,\"end\":3,\"iat\":1,\"user\":\"\xff\",\"data\":{\"\\q\":tru}}")
	f.Add(`{"rev":1,"exp":2,"end":3,"iat":1,"user":"\q"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := driver.ParseRecord(text)
		if err != nil {
			return
		}
		stored := string(r.AppendJSON(nil))
		if json.Valid([]byte(text)) && !json.Valid([]byte(stored)) {
			t.Fatalf("%q is JSON, stored again it is not: %q", text, stored)
		}
		again, err := driver.ParseRecord(stored)
		if err != nil {
			t.Fatalf("%q stored as %q: %v", text, stored, err)
		}
		if again.Revision != r.Revision || again.Values != r.Values || utf8.ValidString(r.User) && again.User != r.User {
			t.Fatalf("%q stored as %q came back as %+v", text, stored, again)
		}
		if once := string(again.AppendJSON(nil)); utf8.ValidString(r.User) && once != stored {
			t.Fatalf("stored as %q and then as %q", stored, once)
		}
	})
}
