// Package term is where commands print: text or JSON, with colours and progress
// where somebody watches.
package term

import (
	"fmt"
	"io"
	"os"
)

// Style is a colour.
type Style string

// The styles.
const (
	Plain  Style = ""
	Red    Style = "\033[31m"
	Green  Style = "\033[32m"
	Yellow Style = "\033[33m"
	Bold   Style = "\033[1m"
)

const reset = "\033[0m"

// Output is where a command prints what it has to say.
type Output struct {
	io.Writer
	JSON   bool // and not text
	Colour bool
}

// Paint gives a text its style, where there are colours.
func (o Output) Paint(style Style, text string) string {
	if !o.Colour || style == Plain {
		return text
	}
	return string(style) + text + reset
}

// Colours reports whether to print colours to a writer: on a terminal that can,
// unless NO_COLOR is set (no-color.org).
func Colours(w io.Writer, getenv func(string) string) bool {
	return IsTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// IsTerminal reports whether somebody watches what is written to w.
func IsTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

// Progress tells what goes on, in one line that is written over, on a terminal
// alone. The zero value tells nothing.
type Progress struct{ w io.Writer }

// NewProgress tells it on w, where that is a terminal.
func NewProgress(w io.Writer) Progress {
	if !IsTerminal(w) {
		return Progress{}
	}
	return Progress{w}
}

// Say replaces the line.
func (p Progress) Say(format string, args ...any) {
	if p.w != nil {
		fmt.Fprintf(p.w, "\r\033[K"+format, args...)
	}
}

// Done takes the line away.
func (p Progress) Done() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\033[K")
	}
}

// Bar draws how much of it is done.
func Bar(done, all int) string {
	const width = 30
	if all <= 0 {
		return ""
	}
	full := min(width*done/all, width)
	bar := make([]byte, width)
	for i := range bar {
		bar[i] = '.'
		if i < full {
			bar[i] = '#'
		}
	}
	return "[" + string(bar) + "]"
}
