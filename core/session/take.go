package session

import "github.com/gosessionkit/sessionkit/core/internal/saver"

// take removes key, and has use look at what was there. When use fails it stays.
// Another request's take or change meanwhile has use look again, at what is
// there then.
func (s *Session) take(key string, use func(raw string, ok bool) error) error {
	for {
		raw, ok, err := s.lookup(key)
		if err != nil {
			return err
		}
		if ok && s.snapshot().Revision > 0 {
			return s.commitUpdate(key, func(raw string, ok bool) (string, error) { return "", use(raw, ok) })
		}
		if err := use(raw, ok); !ok || err != nil {
			return err
		}
		if taken, err := s.removeUnsaved(key, raw); taken || err != nil {
			return err
		}
	}
}

// removeUnsaved removes key from a session that is not stored yet, if its value
// is raw still.
func (s *Session) removeUnsaved(key, raw string) (removed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return false, err
	}
	if now, ok := s.journal.Find(s.base.Values, key); !ok || now != raw || s.base.Revision > 0 {
		return false, nil
	}
	s.journal.Record(saver.Change{Kind: saver.DeleteKey, Key: key})
	return true, nil
}
