package session

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/internal/jsonvalue"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// Message is a notice for the next page the visitor sees.
type Message struct {
	Kind string `json:"kind,omitempty"` // the app's own word: "success", "error"
	Text string `json:"text"`
}

// MaxFlashes is how many messages wait to be shown, at most. A page that shows
// none leaves them where they are, so of more the oldest go.
const MaxFlashes = 50

const keyFlash = "_flash"

// Flash adds a message to be shown once, by [Session.Flashes]. Messages of
// concurrent requests are all kept, up to [MaxFlashes]; then the oldest goes. It
// is saved with the other changes of the request.
//
// The errors are a [*TypeError] for text that is not UTF-8, ErrTooLarge, and
// ErrDestroyed or ErrGone when the session has ended.
func (s *Session) Flash(kind, text string) error {
	return s.manager.refused(s.flash(Message{kind, text}))
}

func (s *Session) flash(m Message) error {
	switch limit := s.manager.cfg.MaxRecordSize; {
	case !utf8.ValidString(m.Kind):
		return &TypeError{Key: "flash", Path: "flash.kind", Want: "string", Op: "encode", Err: jsonvalue.ErrNotUTF8}
	case !utf8.ValidString(m.Text):
		return &TypeError{Key: "flash", Path: "flash.text", Want: "string", Op: "encode", Err: jsonvalue.ErrNotUTF8}
	case len(m.Kind)+len(m.Text) > limit:
		return fmt.Errorf("%w: the message of a flash has %d bytes, the limit is %d (--session-max-size)", ErrTooLarge, len(m.Kind)+len(m.Text), limit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	s.journal.Record(saver.Change{Kind: saver.AppendKey, Key: keyFlash, Append: &messages{list: []Message{m}}})
	return nil
}

// Flashes returns the messages in the order they came and removes them, at
// once: of several requests one gets a message, as with [Pop]. With none it
// returns nil, changes nothing and costs no I/O. So does a request whose answer
// nobody sees, HEAD or a page that a browser fetches ahead (see [Incoming]): the
// messages stay for the page that is shown.
//
// With an error, one of [Session.Commit]'s, there are no messages and none is
// removed.
func (s *Session) Flashes() ([]Message, error) {
	if s.exchange.unseen {
		return nil, s.ended()
	}
	var shown []Message
	err := s.take(keyFlash, func(raw string, _ bool) error {
		shown = decodeMessages(raw)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// messages are what a request adds to those that wait to be shown.
type messages struct {
	list []Message
	anew bool // and nothing waits that was there before
}

// OnTop implements [saver.Appender].
func (m *messages) OnTop(earlier saver.Appender) saver.Appender {
	before, ok := earlier.(*messages)
	if !ok {
		return &messages{m.list, true}
	}
	return &messages{latestMessages(append(before.list, m.list...)), before.anew}
}

// After implements [saver.Appender].
func (m *messages) After(raw string) string {
	list := m.list
	if !m.anew {
		list = append(decodeMessages(raw), list...)
	}
	return encodeMessages(latestMessages(list))
}

func latestMessages(list []Message) []Message {
	return list[max(len(list)-MaxFlashes, 0):]
}

func decodeMessages(raw string) (list []Message) {
	if raw != "" {
		json.Unmarshal([]byte(raw), &list) // an unreadable list counts as none
	}
	return list
}

func encodeMessages(list []Message) string {
	if len(list) == 0 {
		return "" // removes the key
	}
	raw, _ := json.Marshal(list) // strings always encode
	return string(raw)
}
