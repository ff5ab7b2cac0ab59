package httpsession

import "github.com/gosessionkit/sessionkit/core/internal/token"

// IsToken reports whether a text has the form of a session's token: that of any
// app, and be it forged. It is for what tells tokens apart that share a header.
func IsToken(text string) bool { return token.HasForm(text) }
