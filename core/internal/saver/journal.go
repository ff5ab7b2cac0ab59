package saver

import (
	"slices"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// Journal is what a request has changed of its session. The zero Journal is
// empty. It is not safe for concurrent use.
type Journal struct {
	changes  []Change       // not yet being saved; see Record
	inflight []Change       // being saved; changes come on top
	places   map[string]int // of the keys in changes; see place
	index    *finder        // of the record below
	scans    int32          // of that, for want of an index
}

// Begin hands out the changes to be saved, which are in flight until Settle or
// Restore.
func (j *Journal) Begin() []Change {
	j.inflight, j.changes, j.places = j.changes, nil, nil
	return j.inflight
}

// Settle forgets the changes in flight: they are saved.
func (j *Journal) Settle() { j.inflight = nil }

// Drop forgets all changes.
func (j *Journal) Drop() { j.changes, j.inflight, j.places = nil, nil, nil }

// Replace puts others in the place of the changes that are not being saved yet.
func (j *Journal) Replace(changes []Change) { j.changes, j.places = changes, nil }

// Pending are the changes that are not being saved yet.
func (j *Journal) Pending() []Change { return j.changes }

// IsEmpty reports whether there is nothing to save, or being saved.
func (j *Journal) IsEmpty() bool { return len(j.changes)+len(j.inflight) == 0 }

// Merged is what base becomes with the changes.
func (j *Journal) Merged(base *driver.Record) driver.Values {
	d := newDraft(base)
	for _, list := range [2][]Change{j.inflight, j.changes} {
		for i := range list {
			if c := &list[i]; !c.Kind.OfEnds() {
				d.apply(c)
			}
		}
	}
	return base.Values.Merge(d.cleared, d.edits)
}

// Record adds a change to those that are to be saved. Of each key, of the
// lifetime and of the idle time there is one at most; where everything was
// cleared, that comes first.
func (j *Journal) Record(c Change) {
	switch c.Kind {
	case ClearKeys:
		j.changes = slices.DeleteFunc(j.changes, func(old Change) bool {
			return !old.Kind.OfEnds() && old.Key != KeyPersist
		})
		j.changes, j.places = slices.Insert(j.changes, 0, c), nil
		return
	case SetLifetime, SetIdle:
		if i := slices.IndexFunc(j.changes, func(old Change) bool { return old.Kind == c.Kind }); i >= 0 {
			j.changes[i] = c
			return
		}
	default:
		i := j.place(c.Key)
		if i >= 0 {
			j.changes[i] = c.onTop(&j.changes[i])
			return
		}
		if j.places != nil {
			j.places[c.Key] = len(j.changes)
		}
	}
	j.changes = append(j.changes, c)
}

// place is the position of the change of key in those that are not being saved
// yet, or -1.
func (j *Journal) place(key string) int {
	if len(j.changes) <= jsontext.Few {
		j.places = nil
		return slices.IndexFunc(j.changes, func(c Change) bool { return c.of(key) })
	}
	if j.places == nil {
		j.places = make(map[string]int, 2*len(j.changes))
		for i := range j.changes {
			if c := &j.changes[i]; c.Key != "" {
				j.places[c.Key] = i
			}
		}
	}
	if i, ok := j.places[key]; ok {
		return i
	}
	return -1
}

// cleared reports whether the changes begin with nothing.
func cleared(changes []Change) bool { return len(changes) > 0 && changes[0].Kind == ClearKeys }

// Find returns the encoded value of key as its request sees it, on top of base.
func (j *Journal) Find(base driver.Values, key string) (raw string, ok bool) {
	return read(j.changes, j.place(key), key, func() (string, bool) {
		i := slices.IndexFunc(j.inflight, func(c Change) bool { return c.of(key) })
		return read(j.inflight, i, key, func() (string, bool) { return j.inBase(base, key) })
	})
}

// read returns the value of key after changes, of which the one at i, -1 for
// none, is about key. below reads what they are made on.
func read(changes []Change, i int, key string, below func() (string, bool)) (raw string, ok bool) {
	anew := cleared(changes) && key != KeyPersist
	switch {
	case i < 0 && anew:
		return "", false
	case i < 0:
		return below()
	}
	switch c := &changes[i]; c.Kind {
	case SetKey:
		return c.Raw, true
	case AppendKey:
		if !anew {
			raw, _ = below()
		}
		raw = c.Append.After(raw)
	}
	return raw, raw != ""
}

// Restore takes what was being saved back, with what has changed since on top.
func (j *Journal) Restore() {
	later := j.changes
	j.changes, j.inflight, j.places = slices.Clone(j.inflight), nil, nil // a copy: a lane may still read what it was given
	for _, c := range later {
		j.Record(c)
	}
}

// Crowded reports whether the changes that are not saved yet set as many other
// keys as a session takes.
func (j *Journal) Crowded(key string) bool {
	if len(j.changes) < MaxKeys || j.place(key) >= 0 {
		return false
	}
	n := 0
	for i := range j.changes {
		if j.changes[i].Kind == SetKey {
			n++
		}
	}
	return n >= MaxKeys
}
