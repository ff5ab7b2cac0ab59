package session

import (
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// finder is an index of one record.
type finder struct {
	values driver.Values
	at     map[string]string
}

// lookInBase looks key up in the record as loaded or last saved: the first few
// times by going through its text, as most requests want one or two, and from
// then on in an index.
func (s *Session) lookInBase(key string) (raw string, ok bool) {
	v := s.base.Values
	if v.IsEmpty() {
		return "", false
	}
	if s.index != nil && s.index.values != v { // the same text is told by where it is
		s.index, s.scans = nil, 0
	}
	if s.index == nil {
		if s.scans < jsontext.Few {
			s.scans++
			return v.Get(key)
		}
		s.index = newFinder(v)
	}
	raw, ok = s.index.at[key]
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
