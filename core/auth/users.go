package auth

import (
	"context"
	"errors"

	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrUnknownUser is what a UserLoader returns for a user that does not
// exist any more or may not be logged in any longer.
var ErrUnknownUser = errors.New("auth: unknown user")

// UserLoader turns the id that Login recorded into the app's own user type.
//
//	var users = auth.UserLoader[*User]{Load: func(ctx context.Context, id string) (*User, error) { ... }}
//	user, err := users.Current(r.Context())
type UserLoader[U any] struct {
	// Load finds the user. It returns ErrUnknownUser when there is none or
	// the account was disabled.
	Load func(ctx context.Context, id string) (U, error)
}

// usersKey tells the user types of one request apart.
type usersKey[U any] struct{ id string }

// loading is a user that is loaded by one caller at a time, until one succeeds.
type loading[U any] struct {
	turn  chan struct{} // holds one while somebody loads
	known bool
	user  U
}

// Current returns who is logged in, loaded once per request. The error is
// ErrNotLoggedIn for nobody, also when Load says ErrUnknownUser: the session
// is then destroyed (OWASP ASVS 5.0, 7.4.2), or the error says why it could
// not be. Other errors are Load's own, which are not kept: who asks next loads
// again. While another goroutine of the request loads the user, Current waits
// until ctx is done.
func (u UserLoader[U]) Current(ctx context.Context) (user U, err error) {
	id, err := Require(ctx)
	if err != nil {
		return user, err
	}
	s, err := session.From(ctx)
	if err != nil {
		return user, err
	}
	once, err := s.Once(usersKey[U]{id}, func() (any, error) { return &loading[U]{turn: make(chan struct{}, 1)}, nil })
	if err != nil {
		return user, err
	}
	user, err = once.(*loading[U]).wait(ctx, func() (U, error) { return u.Load(ctx, id) })
	if errors.Is(err, ErrUnknownUser) {
		if err := s.Destroy(ctx); err != nil && err != session.ErrDestroyed {
			return user, err
		}
		return user, ErrNotLoggedIn
	}
	return user, err
}

// wait returns the user. With an error it is the zero value.
func (l *loading[U]) wait(ctx context.Context, load func() (U, error)) (zero U, err error) {
	select {
	case l.turn <- struct{}{}:
	default:
		select {
		case l.turn <- struct{}{}:
		case <-ctx.Done():
			return zero, ctx.Err()
		}
	}
	defer func() { <-l.turn }()
	if !l.known {
		user, err := load()
		if err != nil {
			return zero, err
		}
		l.user, l.known = user, true
	}
	return l.user, nil
}
