// Package input tells a visitor's mistakes from the app's.
package input

import (
	"errors"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Error is what is wrong with what a visitor sent, in words for the visitor.
type Error struct{ text string }

// Errorf makes an Error.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string { return e.text }

// ID is which session a visitor has named.
func ID(text string) (session.ID, error) {
	id, err := driver.ParseID(text)
	if err != nil {
		return id, Errorf("that is not the id of a session: choose one of the list")
	}
	return id, nil
}

// Mistake reports whether err is the visitor's, which is answered with the
// status 400 and the text. Here the visitor chooses the name to log in with
// and the keys; in most apps those are the app's own.
func Mistake(err error) (text string, ok bool) {
	var wrong *Error
	switch {
	case errors.As(err, &wrong):
		return wrong.text, true
	case errors.Is(err, auth.ErrInvalidUser):
		return fmt.Sprintf("the user's name must be 1 to %d bytes of UTF-8", auth.MaxUserLength), true
	case errors.Is(err, session.ErrInvalidKey):
		return fmt.Sprintf(`the key must be UTF-8, neither empty nor longer than %d bytes, and may not begin with "_"`, session.MaxKeyLength), true
	}
	return "", false
}
