package storetest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func valueCases() []testCase {
	return []testCase{
		{"every kind of value", everyKindOfValue},
		{"keys of every kind", keysOfEveryKind},
		{"values that look like a record", valuesLikeRecord},
		{"every byte and many runes", everyByte},
		{"no values", noValues},
		{"a value of a megabyte", largeValue},
		{"a thousand values", manyValues},
	}
}

// values makes Values of pairs of key and JSON.
func values(pairs ...string) (v driver.Values) {
	for i := 0; i < len(pairs); i += 2 {
		v = v.With(pairs[i], json.RawMessage(pairs[i+1]))
	}
	return v
}

// wantKept saves values with a create and again with a replace and fails
// unless both come back.
func wantKept(t *testing.T, s driver.Store, v driver.Values) {
	t.Helper()
	id, r := newID(), newRecord()
	r.Values = v
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
}

// 16
func everyKindOfValue(t *testing.T, s driver.Store) {
	wantKept(t, s, values(
		"null", `null`, "true", `true`, "false", `false`,
		"zero", `0`, "negative", `-1`, "fraction", `0.25`,
		"exact", `9007199254740993`, "uint64", `18446744073709551615`,
		"empty string", `""`, "string", `"text"`, "escapes", `"\"\\\/\b\f\n\r\t\u0000\u001f"`,
		"empty list", `[]`, "list", `[1,"a",null,[[]]]`,
		"empty object", `{}`, "object", `{"a":{"b":[{"c":1}]},"":0}`,
		"deep", strings.Repeat("[", 100)+strings.Repeat("]", 100), // the deepest that a session takes
	))
}

// 17, 18
func keysOfEveryKind(t *testing.T, s driver.Store) {
	keys := []string{
		"rev", "exp", "end", "iat", "user", "data", "_flash", "__proto__",
		"a b", "a:b", "a.b", "a/b", "../a", "a\\b", `a"b`, "a'b", "a\nb", "a\x00b", "\x7f",
		"{a}", "[a]", "*", "?", "%d", "$1", "<a>&", "true", "1",
		"grün", "日本", "🗝️", "\u2028", "e\u0301", "\u00e9", "a", "A", strings.Repeat("k", 200),
	}
	var v driver.Values
	for i, key := range keys {
		v = v.With(key, json.RawMessage(fmt.Sprint(i)))
	}
	wantKept(t, s, v)
}

// 18: a store that looks into the stored text must not take a value for the
// record's own members.
func valuesLikeRecord(t *testing.T, s driver.Store) {
	for _, raw := range []string{
		`{"rev":99,"exp":1,"end":1,"iat":1,"user":"eve","data":{}}`,
		`"\",\"rev\":99,\"user\":\"eve\""`,
		`"}"`, `"{\"rev\":7,\"exp\":    1"`, `"\r\n"`, `"$-1\r\n"`,
	} {
		id, r := newID(), newRecord()
		r.User = `ada","rev":99,"exp":1,"user":"eve`
		r.Values = values("rev", raw, "a", raw, "values", raw)
		mustSave(t, s, id, r)
		wantStored(t, s, id, r)
		r.Expires = r.Expires.Add(time.Minute)
		if err := s.Touch(t.Context(), id, r.Expires); err != nil {
			t.Fatalf("Touch: %v", err)
		}
		wantStored(t, s, id, r)
		mustSave(t, s, id, r)
		wantStored(t, s, id, r)
	}
}

// 96
func everyByte(t *testing.T, s driver.Store) {
	bytes := make([]byte, 256)
	var escaped, plain strings.Builder
	for i := range bytes {
		bytes[i] = byte(i)
		fmt.Fprintf(&escaped, `\u%04x`, i)
	}
	for _, r := range "\x7f\u0080ß\u2028\u2029\ufeff\ufffd日本🗝️\U0010ffff" {
		plain.WriteRune(r)
	}
	wantKept(t, s, values(
		"base64", `"`+base64.StdEncoding.EncodeToString(bytes)+`"`,
		"escaped", `"`+escaped.String()+`"`,
		"plain", `"`+plain.String()+`"`,
	))
}

// 25: a session that was emptied is still a session.
func noValues(t *testing.T, s driver.Store) {
	id, r := create(t, s)
	r.Values = driver.Values{}
	mustSave(t, s, id, r)
	wantStored(t, s, id, r)
	wantKept(t, s, driver.Values{})
}

// 95
func largeValue(t *testing.T, s driver.Store) {
	text := strings.Repeat(`0123456789abcde\n`, 1<<16)
	wantKept(t, s, values("before", `1`, "large", `"`+text+`"`, "after", `2`))
}

// 95
func manyValues(t *testing.T, s driver.Store) {
	object := []byte{'{'}
	for i := range 1000 {
		object = fmt.Appendf(object, `"key-%d":"value %d",`, i, i)
	}
	object[len(object)-1] = '}'
	v, err := driver.ParseValues(string(object))
	if err != nil {
		t.Fatal(err)
	}
	wantKept(t, s, v)
}
