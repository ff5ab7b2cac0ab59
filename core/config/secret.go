package config

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// Secret is a text that prints as a placeholder, so that it does not end up in
// a log by accident. [NewSecret] makes one, [Secret.Reveal] gives its text. The
// zero value is the empty secret, and == compares texts.
//
// It holds for fmt with any verb, slog and the encoders of text and JSON. Of a
// Secret in an unexported field, whose methods fmt cannot call, it shows an
// address: the text is behind a pointer for that.
type Secret struct{ text unique.Handle[string] }

// NewSecret returns a secret with the given text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{unique.Make(text)}
}

// Reveal returns the text, "" for the empty secret.
func (s Secret) Reveal() string {
	if s.IsZero() {
		return ""
	}
	return s.text.Value()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s == Secret{} }

const placeholder = "[set]"

// String is "[set]", or "" for the empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return placeholder
}

// GoString is the same as String.
func (s Secret) GoString() string { return s.String() }

// Format writes String whatever the verb and its options.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue gives slog the placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText gives encoders, JSON's among them, the placeholder. It never
// fails.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes text as the secret's, for apps that decode a
// configuration of their own. It never fails.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
