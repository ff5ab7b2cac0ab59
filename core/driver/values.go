package driver

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// Values are a session's keys and encoded values: an immutable JSON object.
// The zero value is empty. Because nothing can change a Values, stores and
// requests share it without copying.
//
// It is held as the text that goes to the store, and looked up by scanning:
// a session has few keys, and most requests want one or two of them.
type Values struct {
	text string // "" or one JSON object without the surrounding white space
}

// ParseValues reads a JSON object. The structure is checked here, the inside
// of each value when it is decoded.
func ParseValues(text string) (Values, error) {
	text = strings.Trim(text, " \n\t\r")
	sc := jsontext.Scan(text, jsontext.MaxDepth)
	empty := true
	for sc.Next() {
		empty = false
	}
	if sc.Err != nil {
		return Values{}, sc.Err
	}
	if empty {
		return Values{}, nil
	}
	return Values{text}, nil
}

// scanned are the values in raw, which a scanner has stepped over as one value
// already.
func scanned(raw string) (Values, error) {
	switch {
	case raw[0] != '{':
		return Values{}, jsontext.ErrSyntax
	case jsontext.IsEmpty(raw):
		return Values{}, nil
	}
	return Values{raw}, nil
}

// JSON gives the values as one JSON object.
func (v Values) JSON() string {
	if v.text == "" {
		return "{}"
	}
	return v.text
}

// IsEmpty reports whether there are no keys.
func (v Values) IsEmpty() bool { return v.text == "" }

// Get returns the encoded value of key.
func (v Values) Get(key string) (raw string, ok bool) { return jsontext.Lookup(v.text, key) }

// All yields the keys and encoded values in the order they are stored.
func (v Values) All() iter.Seq2[string, string] {
	return func(yield func(key, raw string) bool) {
		if v.text == "" {
			return
		}
		for sc := jsontext.Scan(v.text, jsontext.MaxDepth); sc.Next(); {
			if !yield(jsontext.Unquote(sc.Key), sc.Raw) {
				return
			}
		}
	}
}

// Keys lists all keys, sorted.
func (v Values) Keys() []string {
	var keys []string
	for k := range v.All() {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Len is the number of keys.
func (v Values) Len() int {
	n := 0
	if v.text != "" {
		for sc := jsontext.Scan(v.text, jsontext.MaxDepth); sc.Next(); n++ {
		}
	}
	return n
}

// Size is the length of JSON, in bytes.
func (v Values) Size() int { return len(v.JSON()) }

// With returns values that have raw, one JSON value, under key.
func (v Values) With(key string, raw json.RawMessage) Values {
	return v.Merge(false, []Edit{{Key: key, Raw: string(raw)}})
}

// Edit puts Raw, one JSON value, under Key, or takes Key away where Gone is set.
type Edit = jsontext.Edit

// Merge applies edits, the later ones over the earlier, to v or, with clear,
// to nothing.
func (v Values) Merge(clear bool, edits []Edit) Values {
	return Values{jsontext.Merge(v.text, clear, edits)}
}
