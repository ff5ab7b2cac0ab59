package session

import (
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// change is one step of what a request did to its session. Steps are kept
// rather than the result, so that they can be replayed on a newer record
// when another request was faster.
type change struct {
	kind     changeKind
	key      string
	raw      string                                             // setKey
	update   func(raw string, ok bool) (next string, err error) // updateKey
	show     *messages                                          // showLater
	lifetime time.Duration                                      // setLifetime, setIdle; 0: the configured one
}

type changeKind uint8

const (
	setKey changeKind = iota
	deleteKey
	showLater
	clearKeys
	setLifetime
	setIdle
	updateKey // only of a proposal
)

// record adds a change to those that are to be saved. Of each key, of the
// lifetime and of the idle time there is one at most; where everything was
// cleared, that comes first.
func (s *Session) record(c change) {
	switch c.kind {
	case clearKeys:
		s.changes = slices.DeleteFunc(s.changes, func(old change) bool {
			return !old.kind.ofEnds() && old.key != keyPersist
		})
		s.changes, s.places = slices.Insert(s.changes, 0, c), nil
		return
	case setLifetime, setIdle:
		if i := slices.IndexFunc(s.changes, func(old change) bool { return old.kind == c.kind }); i >= 0 {
			s.changes[i] = c
			return
		}
	default:
		i := s.place(c.key)
		if i >= 0 {
			s.changes[i] = c.onTop(&s.changes[i])
			return
		}
		if s.places != nil {
			s.places[c.key] = len(s.changes)
		}
	}
	s.changes = append(s.changes, c)
}

// place is the position of the change of key in those that are not being saved
// yet, or -1.
func (s *Session) place(key string) int {
	if len(s.changes) <= jsontext.Few {
		s.places = nil
		return slices.IndexFunc(s.changes, func(c change) bool { return c.of(key) })
	}
	if s.places == nil {
		s.places = make(map[string]int, 2*len(s.changes))
		for i := range s.changes {
			if c := &s.changes[i]; c.key != "" {
				s.places[c.key] = i
			}
		}
	}
	if i, ok := s.places[key]; ok {
		return i
	}
	return -1
}

func (c *change) of(key string) bool {
	return c.key == key && c.kind != clearKeys && !c.kind.ofEnds()
}

// onTop is c after an earlier change of the same key.
func (c change) onTop(old *change) change {
	if c.kind == showLater {
		c.show = c.show.onTop(old.show)
	}
	return c
}

// cleared reports whether the changes begin with nothing.
func cleared(changes []change) bool { return len(changes) > 0 && changes[0].kind == clearKeys }

// find returns the encoded value of key as this request sees it.
func (s *Session) find(key string) (raw string, ok bool) {
	i := s.place(key)
	switch {
	case i < 0 && cleared(s.changes) && key != keyPersist:
		return "", false
	case i < 0:
		return s.findBelow(key)
	}
	c := &s.changes[i]
	switch c.kind {
	case setKey:
		return c.raw, true
	case showLater:
		if !cleared(s.changes) {
			raw, _ = s.findBelow(key)
		}
		raw = c.show.after(raw)
	}
	return raw, raw != ""
}

// findBelow is find without the changes that are not being saved yet.
func (s *Session) findBelow(key string) (raw string, ok bool) {
	i := slices.IndexFunc(s.inflight, func(c change) bool { return c.of(key) })
	if i >= 0 && s.inflight[i].kind == setKey {
		return s.inflight[i].raw, true
	}
	anew := cleared(s.inflight) && key != keyPersist
	if !anew && (i < 0 || s.inflight[i].kind == showLater) {
		raw, ok = s.lookInBase(key)
	}
	if i >= 0 && s.inflight[i].kind == showLater {
		raw = s.inflight[i].show.after(raw)
		ok = raw != ""
	}
	return raw, ok
}

// restore takes what was being saved back, with what has changed since on top.
func (s *Session) restore() {
	s.mu.Lock()
	defer s.mu.Unlock()
	later := s.changes
	s.changes, s.inflight, s.places = slices.Clone(s.inflight), nil, nil // a copy: a lane may still read what it was given
	for _, c := range later {
		s.record(c)
	}
}

// crowded reports whether the changes that are not saved yet set as many other
// keys as a session takes.
func (s *Session) crowded(key string) bool {
	if len(s.changes) < MaxKeys || s.place(key) >= 0 {
		return false
	}
	n := 0
	for i := range s.changes {
		if s.changes[i].kind == setKey {
			n++
		}
	}
	return n >= MaxKeys
}
