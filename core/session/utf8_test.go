package session_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

const latin1 = "caf\xe9"

type (
	title string
	code  struct{ number int }  // written as a byte that is no text
	alias struct{ name string } // written with encoding/json, which alters it
	guest struct {
		Name string `json:"name"`
		*Address
		skipped string //lint:ignore U1000 it is what is tested
	}
	// Address is embedded.
	Address struct{ City title }
)

func (c code) MarshalText() ([]byte, error)   { return []byte{byte(c.number)}, nil }
func (c *code) UnmarshalText(b []byte) error  { c.number = int(b[0]); return nil }
func (a alias) MarshalJSON() ([]byte, error)  { return json.Marshal(a.name) }
func (a *alias) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.name) }

// Behaviour 121: text that is not UTF-8 would come back altered, and is refused
// wherever it is, in every mode.
func TestTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	bad := latin1
	for name, c := range map[string]struct {
		value any
		path  string
	}{
		"string":             {latin1, ""},
		"named":              {title(latin1), ""},
		"pointer":            {&bad, ""},
		"list":               {[]string{"a", latin1}, "v[1]"},
		"array":              {[2]title{latin1}, "v[0]"},
		"map":                {map[string]string{"a": latin1}, `v["a"]`},
		"key":                {map[string]int{latin1: 1, "caf\xe8": 2}, `v["caf\x`},
		"named key":          {map[title]int{latin1: 1}, `v["caf\xe9"]`},
		"field":              {guest{Name: latin1}, "v.name"},
		"embedded":           {guest{Address: &Address{latin1}}, "v.City"},
		"any":                {[]any{map[string]any{"x": []any{title(latin1)}}}, `v[0]["x"][0]`},
		"deep":               {map[string][]*guest{"items": {nil, nil, {Name: latin1}}}, `v["items"][2].name`},
		"raw":                {json.RawMessage(`"` + latin1 + `"`), ""},
		"raw field":          {struct{ R json.RawMessage }{json.RawMessage(`["` + latin1 + `"]`)}, "v.R"},
		"MarshalText":        {[]code{{0xe9}}, "v[0]"},
		"key by MarshalText": {map[code]int{{0xe9}: 1}, "v["},
		"MarshalJSON":        {[]alias{{latin1}}, "v[0].name"},
		"beside U+FFFD":      {[]string{"\ufffd", `\ufffd`, latin1}, "v[2]"},
		"cut in the middle":  {[]string{"日本"[:4]}, "v[0]"},
		"a lone surrogate":   {[]string{"\xed\xa0\x80"}, "v[0]"},
		"as a string's string": {struct {
			S string `json:"s,string"`
		}{latin1}, "v.s"},
	} {
		for _, mode := range modes {
			in(t, mode, func(s *session.Session) {
				_, updateErr := session.Update(s, "v", func(any) (any, error) { return c.value, nil })
				_, absentErr := session.SetIfAbsent(s, "v", c.value)
				for way, err := range map[string]error{"Set": session.Set(s, "v", c.value), "Update": updateErr, "SetIfAbsent": absentErr} {
					typed, ok := errors.AsType[*session.TypeError](err)
					if !ok || !strings.HasPrefix(typed.Path, c.path) || !strings.Contains(err.Error(), "UTF-8") || !strings.Contains(err.Error(), c.path) {
						t.Errorf("%s, %s in %s: %v; want path %q", name, way, mode, err, c.path)
					}
				}
				want(t, "set all the same", s.Has("v"), false)
			})
		}
	}
}

// U+FFFD itself is text like any other, however it is written, and bytes are no
// text.
func TestTextThatLooksAltered(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{
		"U+FFFD": "a\ufffdb", "named": title("\ufffd"), "list": []string{"\ufffd", `\ufffd`, `\\ufffd`, "\\\ufffd"},
		"key":          map[string]int{"\ufffd": 1, `\ufffd`: 2},
		"raw":          json.RawMessage("\"\ufffd\""),
		"raw, escaped": json.RawMessage(`{"a":"\ufffd","\uFFFD":"\ud83d"}`),
		"MarshalJSON":  []alias{{"\ufffd"}, {`\ufffd`}},
		"bytes":        [][]byte{[]byte(latin1), []byte("\ufffd")},
		"binary and it": struct {
			B []byte
			S string
		}{[]byte{0xff}, `\ufffd`},
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

// FuzzText: what is taken comes back as it was, in production too.
func FuzzText(f *testing.F) {
	cfg := testConfig()
	cfg.Mode = config.Production
	m := newManager(f, cfg, memstore.New(0))
	f.Add("key", "value", "other")
	f.Add(latin1, "\ufffd", `\ufffd`)
	f.Add("\xed\xa0\x80", "\\", "</script>\u2028")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		newBrowser(t, m).visit(func(s *session.Session) {
			list, pairs := []title{title(a), title(b)}, map[string]any{a: b, c: a}
			if session.Set(s, "list", list) == nil && !slices.Equal(get[[]title](t, s, "list"), list) {
				t.Fatalf("%q came back as %q", list, get[[]title](t, s, "list"))
			}
			if session.Set(s, "pairs", pairs) == nil && !maps.Equal(get[map[string]any](t, s, "pairs"), pairs) {
				t.Fatalf("%q came back as %q", pairs, get[map[string]any](t, s, "pairs"))
			}
		})
	})
}
