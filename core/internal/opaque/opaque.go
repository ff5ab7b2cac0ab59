// Package opaque keeps what is inside a struct out of prints.
package opaque

import (
	"fmt"
	"io"
)

// Inside, embedded in a struct, has fmt, package log/slog and encoders show the
// struct as "[not shown]". Without it fmt reads unexported fields too: cookies
// would be in a log, and maps be read while others write to them, which ends
// the process.
//
// Where fmt cannot call methods it reads the struct all the same: in an
// unexported field of an app's, with a verb that pointers do not have, such as
// %s, it follows one pointer. It never follows two, so what must not be shown
// belongs behind another one.
type Inside struct{}

const text = "[not shown]"

// Format implements [fmt.Formatter].
func (Inside) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, text) }

// MarshalText implements [encoding.TextMarshaler].
func (Inside) MarshalText() ([]byte, error) { return []byte(text), nil }
