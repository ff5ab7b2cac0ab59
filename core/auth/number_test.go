package auth_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

type userID uint32

func (userID) String() string { return "hidden" }

func TestNumbers(t *testing.T) {
	t.Parallel()
	m := sessiontest.NewManager(t)
	request := func() context.Context {
		ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{})
		return ctx
	}
	ctx := request()
	if id, err := auth.UserID[int64](ctx); id != 0 || err != nil {
		t.Error("nobody:", id, err)
	}
	if _, err := auth.RequireID[int64](ctx); !errors.Is(err, auth.ErrNotLoggedIn) {
		t.Error("nobody:", err)
	}
	if err := auth.LoginID(ctx, 0); !errors.Is(err, auth.ErrInvalidUser) {
		t.Error("zero:", err)
	}
	for _, id := range []int64{1, -7, math.MaxInt64, math.MinInt64} {
		ctx := request()
		if err := auth.LoginID(ctx, id); err != nil {
			t.Fatal(err)
		}
		if got, err := auth.RequireID[int64](ctx); got != id || err != nil {
			t.Error(got, err)
		}
		if got, err := auth.UserID[userID](ctx); (err == nil) != (id == 1) || err == nil && got != 1 {
			t.Errorf("%d as a uint32: %d, %v", id, got, err)
		}
	}
	ctx = request()
	if err := auth.LoginID(ctx, userID(7)); err != nil {
		t.Fatal(err)
	}
	if user, err := auth.User(ctx); user != "7" || err != nil {
		t.Error(user, err)
	}
	ctx = request()
	if err := auth.LoginID(ctx, uint64(math.MaxUint64)); err != nil {
		t.Fatal(err)
	}
	if got, err := auth.UserID[uint64](ctx); got != math.MaxUint64 || err != nil {
		t.Error(got, err)
	}
	for _, user := range []string{"ada", "01", "+1", "1.0", "0"} {
		ctx := request()
		if err := auth.Login(ctx, user); err != nil {
			t.Fatal(err)
		}
		if id, err := auth.UserID[int](ctx); !errors.Is(err, auth.ErrInvalidUser) {
			t.Errorf("%q is %d, %v", user, id, err)
		}
	}
}
