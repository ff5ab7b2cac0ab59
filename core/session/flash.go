package session

import (
	"encoding/json"
	"slices"
)

// Message is a notice for the next page the visitor sees.
type Message struct {
	Kind string `json:"kind,omitempty"` // the app's own word: "success", "error"
	Text string `json:"text"`
}

const keyFlash = "_flash"

// Flash adds a message to be shown once. Messages of concurrent requests are
// all kept. The error is ErrDestroyed or ErrGone when the session has ended.
func (s *Session) Flash(kind, text string) error {
	return s.amend(keyFlash, func(raw string, _ bool) (string, error) {
		return encodeMessages(append(decodeMessages(raw), Message{kind, text}))
	})
}

// Flashes returns the messages in the order they came and removes them. With
// none it returns nil and changes nothing.
func (s *Session) Flashes() ([]Message, error) {
	raw, ok, err := s.lookup(keyFlash)
	if !ok || err != nil {
		return nil, err
	}
	shown := decodeMessages(raw)
	// A message that another request adds meanwhile was not shown and stays.
	return shown, s.amend(keyFlash, func(raw string, _ bool) (string, error) {
		left := decodeMessages(raw)
		for _, m := range shown {
			if i := slices.Index(left, m); i >= 0 {
				left = slices.Delete(left, i, i+1)
			}
		}
		return encodeMessages(left)
	})
}

// amend records a change that is computed anew when it is replayed.
func (s *Session) amend(key string, update func(raw string, ok bool) (string, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fixed(); err != nil {
		return err
	}
	raw, ok := s.find(key)
	next, err := update(raw, ok)
	if err != nil {
		return err
	}
	s.changes = append(s.changes, change{kind: updateKey, key: key, raw: next, update: update})
	return nil
}

func decodeMessages(raw string) (messages []Message) {
	if raw != "" {
		json.Unmarshal([]byte(raw), &messages) // an unreadable list counts as none
	}
	return messages
}

func encodeMessages(messages []Message) (string, error) {
	if len(messages) == 0 {
		return "", nil // removes the key
	}
	raw, err := json.Marshal(messages)
	return string(raw), err
}
