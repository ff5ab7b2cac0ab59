package saver

import "time"

// Change is one step of what a request did to its session. Steps are kept
// rather than the result, so that they can be replayed on a newer record
// when another request was faster.
type Change struct {
	Kind   Kind
	Key    string
	Raw    string                                             // SetKey
	Update func(raw string, ok bool) (next string, err error) // UpdateKey; "" removes the key
	Append Appender                                           // AppendKey
	Time   time.Duration                                      // SetLifetime, SetIdle; 0: the configured one
}

// Kind is what a change does.
type Kind uint8

// The kinds. A value of one key is set, removed or added to; or all keys are
// removed; or the session gets another lifetime or idle time.
const (
	SetKey Kind = iota
	DeleteKey
	AppendKey
	ClearKeys
	SetLifetime
	SetIdle
	UpdateKey // only of a proposal: computed from the value that is stored
	Use       // only of a proposal: nothing but that the session is used
)

// Appender adds to the value of a key without knowing it.
type Appender interface {
	// After is the value, raw or "" for none, with what is added to it; "" for
	// none.
	After(raw string) string

	// OnTop is the Appender after an earlier one of the same request; nil: after
	// the key was removed.
	OnTop(earlier Appender) Appender
}

// OfEnds reports whether a change is about when the session ends, and not about
// its values.
func (k Kind) OfEnds() bool { return k == SetLifetime || k == SetIdle }

func (c *Change) of(key string) bool {
	return c.Key == key && c.Kind != ClearKeys && !c.Kind.OfEnds()
}

// onTop is c after an earlier change of the same key.
func (c Change) onTop(old *Change) Change {
	if c.Kind == AppendKey {
		c.Append = c.Append.OnTop(old.Append)
	}
	return c
}
