package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/session"
)

// MaxUserLength is the longest user id that Login takes, in bytes.
const MaxUserLength = 256

// ErrInvalidUser: a user id is empty, too long or not UTF-8. Its HTTP status
// is 400: such an id comes from the visitor.
var ErrInvalidUser error = &kiterror.Error{Status: http.StatusBadRequest, Text: "auth: invalid user id"}

// ErrNotLoggedIn: nobody is logged in. Its HTTP status is 401.
var ErrNotLoggedIn error = &kiterror.Error{Status: http.StatusUnauthorized, Text: "auth: nobody is logged in"}

// IsDenied reports whether err says that nobody is logged in, or not lately enough
// (ErrNotFresh), rather than that this could not be found out.
func IsDenied(err error) bool {
	return errors.Is(err, ErrNotLoggedIn) || errors.Is(err, ErrNotFresh)
}

// LoginOption is more to say of a login.
type LoginOption func(*session.Login)

// Remember keeps the browser logged in for d, whether it is closed or not used
// meanwhile ("remember me"). It is a lifetime, an idle timeout and a cookie that
// outlives the browser in one, in place of what the configuration has for the
// others. The next login without it is not remembered. With 0 this one is not.
func Remember(d time.Duration) LoginOption {
	return func(l *session.Login) { l.Remember = d }
}

// Label is what [Sessions] calls the session that begins with the login, such as
// "Firefox on Linux": at most 128 bytes of UTF-8. Shorten what a browser says of
// itself, which may be anything: Name of the module core/device does.
func Label(text string) LoginOption {
	return func(l *session.Login) { l.Label = text }
}

// Login records that user, the app's own stable id, is now logged in. The
// session gets a new id, which ends the old one (OWASP ASVS 5.0, 7.2.4), and
// its lifetime begins anew. What the visitor had in the session stays,
// unless another user was logged in: then nothing of it is left. How long an
// earlier login was remembered, its label and what else it has kept end with it; see
// [session.Session.RenewAs] for what else does.
//
//	err := auth.Login(r.Context(), user.ID, auth.Remember(30*24*time.Hour), auth.Label("Firefox on Linux"))
//
// Call it before the response is written. The errors are ErrInvalidUser and
// those of [session.Session.LogIn].
func Login(ctx context.Context, user string, options ...LoginOption) error {
	if user == "" || len(user) > MaxUserLength || !utf8.ValidString(user) {
		return fmt.Errorf("%w: it must be 1 to %d bytes of UTF-8", ErrInvalidUser, MaxUserLength)
	}
	s, err := session.From(ctx)
	if err != nil {
		return err
	}
	login := session.Login{User: user}
	for _, option := range options {
		option(&login)
	}
	return s.LogIn(ctx, login)
}

// Logout ends the session at once, on every worker, and has the browser
// forget the cookie. On an error the session goes on.
func Logout(ctx context.Context) error {
	s, err := session.From(ctx)
	if err != nil {
		return err
	}
	return s.Destroy(ctx)
}

// User returns the id of who is logged in, "" for nobody.
func User(ctx context.Context) (string, error) {
	s, err := session.From(ctx)
	if err != nil {
		return "", err
	}
	return s.User(), nil
}

// Require returns the id of who is logged in, or ErrNotLoggedIn. While the
// store cannot be reached nobody can tell: the error is then ErrUnavailable,
// also where the configuration says to go on without it.
func Require(ctx context.Context) (string, error) {
	s, err := session.From(ctx)
	if err != nil {
		return "", err
	}
	return s.User(), RequireSession(s)
}

// RequireSession is Require for a session that is at hand.
func RequireSession(s *session.Session) error {
	switch {
	case s.User() != "":
		return nil
	case s.Status().State == session.StateOutage:
		return session.ErrUnavailable
	}
	return ErrNotLoggedIn
}

// LoginTime returns when the user logged in; for what needs a fresh login there is
// [RequireFresh]. The error is ErrNotLoggedIn for nobody.
func LoginTime(ctx context.Context) (time.Time, error) {
	if _, err := Require(ctx); err != nil {
		return time.Time{}, err
	}
	s, err := session.From(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.Created(), nil
}
