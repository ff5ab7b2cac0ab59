package session

import (
	"fmt"
	"time"
)

// change is one step of what a request did to its session. Steps are kept
// rather than the result, so that they can be replayed on a newer record
// when another request was faster.
type change struct {
	kind     changeKind
	key      string
	raw      string                                             // setKey; updateKey: the value as this request saw it
	update   func(raw string, ok bool) (next string, err error) // updateKey
	lifetime time.Duration                                      // setLifetime; 0: the configured one
}

type changeKind uint8

const (
	setKey changeKind = iota
	deleteKey
	updateKey
	clearKeys
	setLifetime
)

// keyPersist holds a session's own choice whether its cookie outlives the
// browser. Clear keeps it.
const keyPersist = "_persist"

// draft is a record in the making: a stored one and the changes on it. It is
// copied to go back: nothing that a copy can see is overwritten.
type draft struct {
	base     *Record
	cleared  bool
	edits    []edit
	deadline time.Time
	size     int // upper bound of the values' size in bytes
	keys     int // upper bound of how many there are
}

func newDraft(base *Record) draft {
	return draft{base: base, deadline: base.Deadline, size: len(base.Values.text), keys: len(base.Values.text) / leastMember}
}

func (d *draft) lookup(key string) (raw string, ok bool) {
	for i := len(d.edits) - 1; i >= 0; i-- {
		if e := &d.edits[i]; e.key == key {
			return e.raw, !e.gone
		}
	}
	if d.cleared {
		return "", false
	}
	return d.base.Values.lookup(key)
}

func (d *draft) put(key, raw string) {
	d.size += len(key) + len(raw) + len(`"":,`)
	d.keys++
	d.edits = append(d.edits, edit{key: key, raw: raw})
}

func (d *draft) apply(c *change, lifetime time.Duration) error {
	switch c.kind {
	case setKey:
		d.put(c.key, c.raw)
	case deleteKey:
		d.edits = append(d.edits, edit{key: c.key, gone: true})
	case updateKey:
		raw, ok := d.lookup(c.key)
		next, err := c.update(raw, ok)
		if err != nil {
			return err
		}
		if next == "" {
			d.edits = append(d.edits, edit{key: c.key, gone: true})
		} else {
			d.put(c.key, next)
		}
	case clearKeys:
		persist, ok := d.lookup(keyPersist)
		d.cleared, d.edits, d.size, d.keys = true, nil, 0, 0
		if ok {
			d.put(keyPersist, persist)
		}
	case setLifetime:
		if c.lifetime != 0 {
			lifetime = c.lifetime
		}
		d.deadline = d.base.Created.Add(lifetime)
	}
	return nil
}

// values merges the draft. It fails when they would exceed limit bytes, or
// MaxKeys.
func (d *draft) values(limit int) (Values, error) {
	v := d.base.Values
	if d.cleared || len(d.edits) > 0 {
		v = v.merge(d.cleared, d.edits)
	}
	if len(v.text) > limit {
		key, size := v.largest()
		return v, fmt.Errorf("%w: %d bytes, the limit is %d (--session-max-size); the largest key is %q with %d bytes",
			ErrTooLarge, len(v.text), limit, key, size)
	}
	return v, d.checkKeys(v)
}

func (v Values) largest() (key string, size int) {
	for k, raw := range v.All() {
		if len(raw) >= size {
			key, size = k, len(raw)
		}
	}
	return key, size
}
