package session

import (
	"slices"

	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// FlashesOf is [Session.Flashes] for the messages of some kinds: a page that has a
// place for errors alone takes those, and the others wait for one that shows them.
func (s *Session) FlashesOf(kinds ...string) ([]Message, error) {
	raw, _, err := s.lookup(keyFlash)
	if shown, _ := ofKinds(raw, kinds); err != nil || s.exchange.unseen || shown == nil {
		return nil, err
	}
	var shown []Message
	taken, err := s.takeUnsaved(kinds, &shown)
	if !taken && err == nil {
		err = s.commitUpdate(keyFlash, func(raw string, _ bool) (rest string, _ error) {
			shown, rest = ofKinds(raw, kinds)
			return rest, nil
		})
	}
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// takeUnsaved takes messages out of a session that is not stored yet.
func (s *Session) takeUnsaved(kinds []string, shown *[]Message) (taken bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base.Revision > 0 {
		return false, nil
	}
	if err := s.writeErr(); err != nil {
		return false, err
	}
	raw, _ := s.journal.Find(s.base.Values, keyFlash)
	var rest string
	if *shown, rest = ofKinds(raw, kinds); rest == "" {
		s.journal.Record(saver.Change{Kind: saver.DeleteKey, Key: keyFlash})
	} else {
		s.journal.Record(saver.Change{Kind: saver.SetKey, Key: keyFlash, Raw: rest})
	}
	return true, nil
}

// ofKinds parts the stored messages; rest is "" for none.
func ofKinds(raw string, kinds []string) (of []Message, rest string) {
	var others []Message
	for _, m := range decodeMessages(raw) {
		if slices.Contains(kinds, m.Kind) {
			of = append(of, m)
		} else {
			others = append(others, m)
		}
	}
	return of, encodeMessages(others)
}
