package untyped

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"

	"github.com/gosessionkit/sessionkit/core/internal/opaque"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Bag is what one request sees of its session, and what it has changed and not
// saved yet. It is safe for concurrent use.
//
// A save merges: what this request did not change stays as other requests have
// left it. Where two have changed one name the later one wins, but for
//
//   - lists ([]any) that got longer at the end: what was added is added to the
//     list as it is by then;
//   - whole numbers (int) whose name [Counts], or that the adapter's Counters
//     name, and that are one more or one less than what the request has read: one
//     is added to the number as it is by then, or taken away.
type Bag struct {
	opaque.Inside
	session  *session.Session
	counters []string

	mu      sync.Mutex
	seen    map[string]*seen
	puts    map[string]any
	gone    map[string]bool
	cleared bool
}

// seen is a value as it is in the session, as far as this request knows.
type seen struct {
	raw   json.RawMessage // nil: there is none
	value any             // in the hands of the app, which may change what is in it
}

// NewBag returns what the request of s sees. counters are names whose values
// count, beside those that say so themselves.
func NewBag(s *session.Session, counters ...string) *Bag {
	b := &Bag{session: s, counters: counters}
	b.forget()
	return b
}

func (b *Bag) forget() {
	b.seen, b.puts, b.gone, b.cleared = map[string]*seen{}, map[string]any{}, map[string]bool{}, false
}

// Session is the one that the bag was made for.
func (b *Bag) Session() *session.Session { return b.session }

// Get returns the value under a name; ok is false for none. In one request it is
// the same value each time, so what the app changes in a map or behind a pointer
// it sees again. The errors are those of [session.Get].
func (b *Bag) Get(name string) (v any, ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.get(name)
}

func (b *Bag) get(name string) (v any, ok bool, err error) {
	if v, ok = b.puts[name]; ok {
		return v, true, nil
	}
	if b.cleared || b.gone[name] {
		return nil, false, nil
	}
	at, err := b.look(name)
	if err != nil {
		return nil, false, err
	}
	return at.value, at.raw != nil, nil
}

// look returns what is in the session under a name.
func (b *Bag) look(name string) (*seen, error) {
	if at := b.seen[name]; at != nil {
		return at, nil
	}
	at := &seen{}
	raw, ok, err := session.Lookup[json.RawMessage](b.session, Key(name))
	if err == nil && ok {
		at.raw = raw
		err = KeepTypes.Unmarshal(raw, &at.value)
	}
	if err != nil {
		return nil, err
	}
	b.seen[name] = at
	return at, nil
}

// Put puts v under a name. It is encoded when it is saved.
func (b *Bag) Put(name string, v any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.puts[name] = v
	delete(b.gone, name)
}

// Delete removes a name, and reports whether it was there.
func (b *Bag) Delete(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, was, _ := b.get(name)
	delete(b.puts, name)
	if was && !b.cleared {
		b.gone[name] = true
	}
	return was
}

// Clear removes all names, and reports whether there were any.
func (b *Bag) Clear() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := len(b.names()) > 0
	if was {
		b.forget()
		b.cleared = true
	}
	return was
}

// Drop forgets what was changed and not saved, and reads the session anew.
func (b *Bag) Drop(s *session.Session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.session = s
	b.forget()
}

// Pop returns the value under a name and removes it. Where it is stored it is
// removed at once: of several requests one gets it, and ok is false for the
// others. The errors are those of [session.Pop].
func (b *Bag) Pop(name string) (v any, ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, ok, err = b.get(name); !ok || err != nil {
		return nil, false, err
	}
	_, put := b.puts[name]
	delete(b.puts, name)
	if b.cleared {
		return v, true, nil
	}
	if at, err := b.look(name); err != nil || at.raw == nil {
		return v, true, err
	}
	delete(b.seen, name)
	if put { // over what is stored
		b.gone[name] = true
		return v, true, nil
	}
	raw, err := session.Pop[json.RawMessage](b.session, Key(name))
	if err != nil || raw == nil {
		return nil, false, err
	}
	err = KeepTypes.Unmarshal(raw, &v)
	return v, err == nil, err
}

// Names lists the names that hold a value, sorted.
func (b *Bag) Names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.names()
}

func (b *Bag) names() []string {
	var names []string
	if !b.cleared {
		for _, key := range b.session.Keys() {
			if name := Name(key); !b.gone[name] {
				names = append(names, name)
			}
		}
	}
	for name := range b.puts {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Modified reports whether there is something to save.
func (b *Bag) Modified() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cleared || len(b.puts)+len(b.gone) > 0
}

// Modify has what the app has changed inside the values that it got, in a map or
// behind a pointer, count as put.
func (b *Bag) Modify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cleared {
		return
	}
	for name, at := range b.seen {
		if _, put := b.puts[name]; put || b.gone[name] || at.raw == nil || !holds(at.value) {
			continue
		}
		var before any
		if KeepTypes.Unmarshal(at.raw, &before) == nil && !reflect.DeepEqual(before, at.value) {
			b.puts[name] = at.value
		}
	}
}

// holds reports whether v can be changed without being put.
func holds(v any) bool {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Map, reflect.Pointer, reflect.Slice:
		return true
	}
	return false
}
