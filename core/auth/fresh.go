package auth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrNotFresh: who is logged in has to prove again who he is; the error is a
// *NotFreshError. Its HTTP status is 401, and where bearer tokens count the adapters'
// answer has the challenge of RFC 9470, insufficient_user_authentication.
var ErrNotFresh error = &kiterror.Error{Status: http.StatusUnauthorized, Text: "auth: not authenticated lately enough"}

// NotFreshError is an [ErrNotFresh] that says how late the authentication may be.
type NotFreshError struct {
	MaxAge time.Duration
	At     time.Time // of the last authentication, zero where nobody knows
}

func (e *NotFreshError) Error() string {
	return fmt.Sprintf("%v: less than %v ago is asked for: check the password again and call auth.Confirm, or auth.Login", ErrNotFresh, e.MaxAge)
}

// Unwrap makes it an ErrNotFresh.
func (e *NotFreshError) Unwrap() error { return ErrNotFresh }

// RequireFresh is [Require] for what is worth a second look, such as a change of the
// password or of the mail address, a payment, or the end of other sessions (OWASP ASVS
// 5.0, 7.5.1, 7.5.3): the user must have proved who he is less than maxAge ago, by
// [Login] or [Confirm]. A renewal does not count, nor does a login that was taken over
// from another library. A login from before this function was there counts from its
// time. The error is ErrNotFresh otherwise, always for a maxAge of 0 or less.
//
// Workers' clocks count, to the millisecond: keep them together. A time in the
// future, of a worker whose clock is ahead, is fresh while less than maxAge away.
func RequireFresh(ctx context.Context, maxAge time.Duration) (string, error) {
	s, err := session.From(ctx)
	if err != nil {
		return "", err
	}
	if err := RequireFreshSession(s, maxAge); err != nil {
		return "", err
	}
	return s.User(), nil
}

// RequireFreshSession is RequireFresh for a session that is at hand.
func RequireFreshSession(s *session.Session, maxAge time.Duration) error {
	if err := RequireSession(s); err != nil {
		return err
	}
	if !s.IsFresh(maxAge) {
		return &NotFreshError{maxAge, s.Authenticated()}
	}
	return nil
}

// Confirm records that who is logged in has just proved again who he is: the app has
// checked the password, or a passkey. [RequireFresh] counts from then on. The session
// gets a new id, which ends the old one, and is otherwise what it was: when it ends,
// its label and how long it is remembered.
//
//	if !checkPassword(user, r.FormValue("password")) { ... }
//	err := auth.Confirm(r.Context())
//
// Call it before the response is written. The errors are ErrNotLoggedIn, which is a
// case for [Login], session.ErrUnavailable and those of [session.Session.Renew].
func Confirm(ctx context.Context) error {
	s, err := session.From(ctx)
	if err == nil {
		err = RequireSession(s)
	}
	if err != nil {
		return err
	}
	return s.Confirm(ctx)
}
