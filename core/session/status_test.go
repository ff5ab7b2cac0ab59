package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
)

// foreign is an error of an app's or of a store's, with a status of its own.
type foreign struct {
	status int
	cause  error
}

func (e foreign) Error() string   { return "foreign" }
func (e foreign) HTTPStatus() int { return e.status }
func (e foreign) Unwrap() error   { return e.cause }

// incomparable is one that == may not look into.
type incomparable struct{ reasons []string }

func (incomparable) Error() string { return "incomparable" }

func TestStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		ours   bool
	}{
		{nil, http.StatusInternalServerError, false},
		{errors.New("the app's"), http.StatusInternalServerError, false},
		{incomparable{[]string{"a"}}, http.StatusInternalServerError, false},
		{fmt.Errorf("%w, %w", incomparable{}, session.ErrGone), http.StatusConflict, true},
		{session.ErrGone, http.StatusConflict, true},
		{fmt.Errorf("a: %w", fmt.Errorf("b: %w", session.ErrDestroyed)), http.StatusConflict, true},
		{errors.Join(session.ErrContended, session.ErrGone), http.StatusServiceUnavailable, true},
		{session.ErrTooLarge, http.StatusRequestEntityTooLarge, true},
		{session.ErrNoMiddleware, http.StatusInternalServerError, true},
		{&session.TypeError{Err: session.ErrGone}, http.StatusInternalServerError, true},
		{auth.ErrNotLoggedIn, http.StatusUnauthorized, true},
		{fmt.Errorf("%w: too long", auth.ErrInvalidUser), http.StatusBadRequest, true},
		{context.Canceled, 499, true},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), http.StatusServiceUnavailable, true},
		{fmt.Errorf("%w: %w", session.ErrUnavailable, context.Canceled), http.StatusServiceUnavailable, true},
		{foreign{422, nil}, 422, false},
		{fmt.Errorf("a: %w", foreign{422, nil}), 422, false},
		{foreign{422, session.ErrGone}, 422, false},                                                                         // the app has decided
		{fmt.Errorf("%w: %w", session.ErrUnavailable, foreign{404, nil}), http.StatusServiceUnavailable, true},              // of a store
		{fmt.Errorf("%w: %w", auth.ErrInvalidUser, foreign{404, session.ErrGone}), http.StatusBadRequest, true},             //
		{foreign{0, nil}, http.StatusInternalServerError, false}, {foreign{-1, nil}, http.StatusInternalServerError, false}, // WriteHeader would panic
	} {
		status, ours := session.HTTPStatus(c.err), false
		if _, ours = session.KitStatus(c.err); status != c.status || ours != c.ours {
			t.Errorf("%v: %d, the kit's: %v, want %d, %v", c.err, status, ours, c.status, c.ours)
		}
	}
}
