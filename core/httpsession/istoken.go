package httpsession

import (
	"strings"

	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// IsToken reports whether a text has the form of a session's token: that of any
// app, and be it forged. It is for what tells tokens apart that share a header.
func IsToken(text string) bool { return token.HasForm(text) }

// HasToken reports whether a session's token stands anywhere in a text, whatever is
// around it, and be it broken into lines: a whole Cookie header, or a command. It is
// for what shows or logs a text that somebody has typed.
func HasToken(text string) bool { return token.In(strings.Join(strings.Fields(text), "")) }
