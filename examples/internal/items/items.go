// Package items keeps texts that the visitor names in the session, each under
// its own key.
package items

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

// taken are the keys that hold something else.
var taken = []string{"count", "late"}

// Put keeps value under key. Its errors are those of [session.Set], and an
// *input.Error when the visitor has to choose another key or a shorter value.
func Put(s *session.Session, key, value string) error {
	if slices.Contains(taken, key) {
		return input.Errorf("the key %q is taken: choose another one", key)
	}
	err := session.Set(s, key, value)
	if errors.Is(err, session.ErrTooLarge) {
		return input.Errorf("%v", err)
	}
	return err
}

// Text gives the value under key as text: what is no string, such as the
// counter, as JSON.
func Text(s *session.Session, key string) (text string, ok bool) {
	raw, ok := All(s)[key]
	return plain(raw), ok
}

// All gives the visitor's values as they are stored, which is JSON, without
// the kit's own.
func All(s *session.Session) map[string]json.RawMessage {
	values := s.Values()
	all := map[string]json.RawMessage{}
	for _, key := range s.Keys() {
		raw, _ := values.Get(key)
		all[key] = json.RawMessage(raw)
	}
	return all
}

// An Item is a key and its value for people to read.
type Item struct{ Key, Value string }

// List gives the items in the order of their keys, without the counter.
func List(s *session.Session) []Item {
	var list []Item
	for key, raw := range All(s) {
		if key != "count" {
			list = append(list, Item{key, plain(raw)})
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return strings.Compare(a.Key, b.Key) })
	return list
}

func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
