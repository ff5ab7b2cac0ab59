package saver

import (
	"cmp"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// KeyPersist holds a session's own choice whether its cookie outlives the
// browser. Clear keeps it.
const KeyPersist = "_persist"

// draft is a record in the making: a stored one and the changes on it. It is
// copied to go back: nothing that a copy can see is overwritten.
type draft struct {
	base     *driver.Record
	stored   driver.Values // of base, or what was merged from there
	cleared  bool
	edits    []driver.Edit
	deadline time.Time
	idle     time.Duration
	ends     bool          // the deadline or the idle time was chosen
	lifetime time.Duration // the configured one
	bounded  bool          // which is the most: anybody can make a session of nobody
	size     int           // upper bound of the values' size in bytes
	keys     int           // upper bound of how many there are
}

func newDraft(base *driver.Record) draft {
	d := draft{base: base, deadline: base.Deadline, idle: base.Idle}
	d.hold(base.Values)
	return d
}

// hold makes v what the edits to come are based on.
func (d *draft) hold(v driver.Values) {
	d.stored, d.cleared, d.edits = v, false, nil
	d.size, d.keys = v.Size(), v.Size()/leastMember
}

func (d *draft) lookup(key string) (raw string, ok bool) {
	for i := len(d.edits) - 1; i >= 0; i-- {
		if e := &d.edits[i]; e.Key == key {
			return e.Raw, !e.Gone
		}
	}
	if d.cleared {
		return "", false
	}
	return d.stored.Get(key)
}

func (d *draft) put(key, raw string) {
	d.size += len(key) + len(raw) + len(`"":,`)
	d.keys++
	d.edits = append(d.edits, driver.Edit{Key: key, Raw: raw})
}

// replace puts raw under key, or removes it when raw is "".
func (d *draft) replace(key, raw string) {
	if raw == "" {
		d.edits = append(d.edits, driver.Edit{Key: key, Gone: true})
	} else {
		d.put(key, raw)
	}
}

func (d *draft) apply(c *Change) error {
	switch c.Kind {
	case SetKey:
		d.put(c.Key, c.Raw)
	case DeleteKey:
		d.edits = append(d.edits, driver.Edit{Key: c.Key, Gone: true})
	case UpdateKey:
		raw, ok := d.lookup(c.Key)
		next, err := c.Update(raw, ok)
		if err != nil {
			return err
		}
		d.replace(c.Key, next)
	case AppendKey:
		raw, _ := d.lookup(c.Key)
		d.replace(c.Key, c.Append.After(raw))
	case ClearKeys:
		persist, ok := d.lookup(KeyPersist)
		d.cleared, d.edits, d.size, d.keys = true, nil, 0, 0
		if ok {
			d.put(KeyPersist, persist)
		}
	case SetLifetime:
		lifetime := cmp.Or(c.Time, d.lifetime)
		if d.bounded {
			lifetime = min(lifetime, d.lifetime)
		}
		d.deadline, d.ends = d.base.Created.Add(lifetime), true
	case SetIdle:
		d.idle, d.ends = c.Time, true
	}
	return nil
}

// check fails when the values would exceed what a session may hold. What had to
// be merged for that stays merged, or many requests that are saved together
// would be merged again for each.
func (d *draft) check(limit int) error {
	if d.size <= limit && len(d.edits) <= MaxKeys && !d.mayExceed() {
		return nil
	}
	v, err := d.values(limit)
	if err == nil {
		d.hold(v)
	}
	return err
}

// values merges the draft. It fails when they would exceed limit bytes, or
// MaxKeys.
func (d *draft) values(limit int) (driver.Values, error) {
	v := d.stored
	if d.cleared || len(d.edits) > 0 {
		v = v.Merge(d.cleared, d.edits)
	}
	if v.Size() > limit {
		key, size := largest(v)
		return v, fmt.Errorf("%w: %d bytes, the limit is %d (--session-max-size); the largest key is %q with %d bytes",
			driver.ErrTooLarge, v.Size(), limit, key, size)
	}
	return v, d.checkKeys(v)
}

func largest(v driver.Values) (key string, size int) {
	for k, raw := range v.All() {
		if len(raw) >= size {
			key, size = k, len(raw)
		}
	}
	return key, size
}
