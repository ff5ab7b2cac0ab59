package saver

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// MaxKeys is how many keys a session takes.
const MaxKeys = 1000

// ErrTooManyKeys: a session would have more keys than MaxKeys.
var ErrTooManyKeys = fmt.Errorf("%w: too many keys", driver.ErrTooLarge)

// TooManyKeys is the error for a session of n keys.
func TooManyKeys(n int) error {
	return fmt.Errorf("%w: %d, the limit is %d (session.MaxKeys): keep what belongs together under one key", ErrTooManyKeys, n, MaxKeys)
}

// leastMember is the fewest bytes that a key and its value take.
const leastMember = len(`"k":1,`)

// mayExceed reports whether so many keys are possible that they have to be
// counted.
func (d *draft) mayExceed() bool {
	if d.keys > MaxKeys {
		d.keys = len(d.edits)
		if !d.cleared {
			d.keys += d.stored.Len()
		}
	}
	return d.keys > MaxKeys
}

// checkKeys refuses more keys than there may be, unless there were as many
// before.
func (d *draft) checkKeys(v driver.Values) error {
	if d.keys <= MaxKeys {
		return nil
	}
	if n := v.Len(); n > MaxKeys && n > d.stored.Len() {
		return TooManyKeys(n)
	}
	return nil
}
