package auth

import (
	"context"
	"errors"

	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrUnknownUser is what a Users function returns for a user that does not
// exist any more or may not be logged in any longer.
var ErrUnknownUser = errors.New("auth: unknown user")

// Users turns the id that Login recorded into the app's own user type.
//
//	var users = auth.Users[*User]{Load: func(ctx context.Context, id string) (*User, error) { ... }}
//	user, err := users.Current(r.Context())
type Users[U any] struct {
	// Load finds the user. It returns ErrUnknownUser when there is none or
	// the account was disabled.
	Load func(ctx context.Context, id string) (U, error)
}

// usersKey tells the user types of one request apart.
type usersKey[U any] struct{ id string }

// Current returns who is logged in, loaded once per request. The error is
// ErrNotLoggedIn for nobody, also when Load says ErrUnknownUser: the session
// is then destroyed (OWASP ASVS 5.0, 7.4.2), or the error says why it could
// not be. Other errors are Load's own.
func (u Users[U]) Current(ctx context.Context) (user U, err error) {
	id, err := Require(ctx)
	if err != nil {
		return user, err
	}
	s, err := session.From(ctx)
	if err != nil {
		return user, err
	}
	loaded, err := s.Once(usersKey[U]{id}, func() (any, error) { return u.Load(ctx, id) })
	if errors.Is(err, ErrUnknownUser) {
		if err := s.Destroy(ctx); err != nil && err != session.ErrDestroyed {
			return user, err
		}
		return user, ErrNotLoggedIn
	}
	if err != nil {
		return user, err
	}
	user, _ = loaded.(U)
	return user, nil
}
