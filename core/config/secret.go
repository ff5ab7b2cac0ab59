package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that prints as a placeholder, so that it does not end up
// in a log by accident. Convert it to string to use it.
//
// It holds for fmt with any verb, slog and the encoders of text and JSON. No
// type can hold back a value that fmt reaches through an unexported field, so
// do not print whole structs that have a Config in one.
type Secret string

const placeholder = "[set]"

// String is "[set]", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
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
