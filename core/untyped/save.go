package untyped

import (
	"maps"
	"reflect"
	"slices"

	"github.com/gosessionkit/sessionkit/core/session"
)

// Save puts what was changed into the session and saves it. After an error that
// is not ErrGone it may be tried again. The errors are those of [session.Set]
// and [session.Session.Commit].
func (b *Bag) Save() error {
	if err := b.Flush(); err != nil {
		return err
	}
	return b.session.Keep()
}

// Flush is Save without the saving, but for what others may have changed
// meanwhile and is added to: that is saved at once.
func (b *Bag) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cleared {
		if err := b.session.Clear(); err != nil {
			return err
		}
		b.cleared, b.seen = false, map[string]*seen{}
	}
	for name := range b.gone {
		if err := b.session.Delete(Key(name)); err != nil {
			return err
		}
		b.seen[name] = &seen{}
		delete(b.gone, name)
	}
	var added []addition
	for name, v := range b.puts {
		if merge := b.addition(name, v); merge != nil {
			added = append(added, addition{name, v, merge})
			continue
		}
		if err := session.Set(b.session, Key(name), v); err != nil {
			return err
		}
		if err := b.settle(name, v); err != nil {
			return err
		}
	}
	for _, a := range added {
		if _, err := session.Update(b.session, Key(a.name), a.merge); err != nil {
			return err
		}
		if err := b.settle(a.name, a.value); err != nil {
			return err
		}
	}
	return nil
}

// settle notes that a value is in the session now: what this request knows of it,
// and not what others have added, so that it adds nothing twice.
func (b *Bag) settle(name string, v any) error {
	raw, err := KeepTypes.Marshal(v)
	b.seen[name] = &seen{raw, v}
	delete(b.puts, name)
	return err
}

// Assign makes values all that the session holds, as far as this request knows:
// what it has not seen stays. It is for libraries whose session is a map that the
// app changes as it likes.
func (b *Bag) Assign(values map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, v := range values {
		if at := b.seen[name]; at != nil && at.raw != nil {
			var before any
			if KeepTypes.Unmarshal(at.raw, &before) == nil && reflect.DeepEqual(before, v) {
				continue
			}
		} else if at == nil {
			b.seen[name] = &seen{}
		}
		b.puts[name] = v
	}
	for name, at := range b.seen {
		if _, kept := values[name]; !kept && at.raw != nil {
			b.gone[name] = true
		}
	}
}

// Changed lists the names that will be put or removed, in no order.
func (b *Bag) Changed() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.AppendSeq(slices.Collect(maps.Keys(b.puts)), maps.Keys(b.gone))
}

// addition is a value that is to be added to what is stored.
type addition struct {
	name  string
	value any
	merge func(stored any) (any, error)
}

// addition returns how v is merged with what is stored by then, nil for a value
// that takes its place.
func (b *Bag) addition(name string, v any) func(stored any) (any, error) {
	if b.session.Revision() == 0 {
		return nil
	}
	switch v := v.(type) {
	case int:
		return b.count(name, v)
	case []any:
		return b.append(name, v)
	}
	return nil
}

func (b *Bag) count(name string, n int) func(any) (any, error) {
	at := b.seen[name]
	if at == nil || !Counts(name) && !slices.Contains(b.counters, name) {
		return nil
	}
	before, isInt := at.value.(int)
	step := n - before
	if !isInt && at.raw != nil || step != 1 && step != -1 {
		return nil
	}
	return func(stored any) (any, error) {
		switch stored := stored.(type) {
		case int:
			return stored + step, nil
		case nil:
			return step, nil
		}
		return n, nil
	}
}

func (b *Bag) append(name string, list []any) func(any) (any, error) {
	at := b.seen[name]
	if at == nil {
		return nil
	}
	var before any // the app may have changed the one that it got
	if at.raw != nil && KeepTypes.Unmarshal(at.raw, &before) != nil {
		return nil
	}
	old, isList := before.([]any)
	if !isList && at.raw != nil || len(list) <= len(old) || !reflect.DeepEqual(list[:len(old):len(old)], append([]any{}, old...)) {
		return nil
	}
	added := list[len(old):]
	return func(stored any) (any, error) {
		switch stored := stored.(type) {
		case []any:
			return append(slices.Clip(stored), added...), nil
		case nil:
			return added, nil
		}
		return list, nil
	}
}

// Was returns the value that a name had in the session before this request changed
// it; ok is false for none.
func (b *Bag) Was(name string) (v any, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, err := b.look(name)
	if err != nil || at.raw == nil {
		return nil, false
	}
	return v, KeepTypes.Unmarshal(at.raw, &v) == nil
}
