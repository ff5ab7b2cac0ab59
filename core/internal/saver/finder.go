package saver

import (
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// finder is an index of one record.
type finder struct {
	values driver.Values
	at     map[string]string
}

// inBase looks key up in the record as loaded or last saved: the first few
// times by going through its text, as most requests want one or two, and from
// then on in an index.
func (j *Journal) inBase(v driver.Values, key string) (raw string, ok bool) {
	if v.IsEmpty() {
		return "", false
	}
	if j.index != nil && j.index.values != v { // the same text is told by where it is
		j.index, j.scans = nil, 0
	}
	if j.index == nil {
		if j.scans < jsontext.Few {
			j.scans++
			return v.Get(key)
		}
		j.index = newFinder(v)
	}
	raw, ok = j.index.at[key]
	return raw, ok
}

// newFinder maps each key to its encoded value: of a key that is there twice
// the one that Get finds, the first.
func newFinder(v driver.Values) *finder {
	at := map[string]string{}
	for key, raw := range v.All() {
		if _, twice := at[key]; !twice {
			at[key] = raw
		}
	}
	return &finder{v, at}
}
