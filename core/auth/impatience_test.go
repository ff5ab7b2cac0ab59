package auth_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// A part of a request that has no patience does not decide who is logged in for
// the others, and does not wait for them.
func TestImpatientPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newManager(t, memstore.New(0))
		cookie := login(t, m, "", "ada")
		users := auth.UserLoader[string]{Load: func(ctx context.Context, id string) (string, error) {
			select {
			case <-time.After(time.Second):
				return "user " + id, nil
			case <-ctx.Done():
				return "half", ctx.Err()
			}
		}}
		visit(t, m, cookie, func(ctx context.Context) {
			short, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			if user, err := users.Current(short); user != "" || err != context.DeadlineExceeded {
				t.Errorf("with a short context: %q, %v", user, err)
			}
			if user, err := auth.Require(ctx); user != "ada" || err != nil {
				t.Errorf("Require: %q, %v", user, err)
			}
			go users.Current(ctx)
			synctest.Wait()
			begin := time.Now()
			shorter, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			if user, err := users.Current(shorter); user != "" || err != context.DeadlineExceeded || time.Since(begin) != time.Millisecond {
				t.Errorf("beside one who waits: %q, %v after %v", user, err, time.Since(begin))
			}
			if user, err := users.Current(ctx); user != "user ada" || err != nil || time.Since(begin) != time.Second {
				t.Errorf("with patience: %q, %v after %v", user, err, time.Since(begin))
			}
			if user, err := users.Current(shorter); user != "user ada" || err != nil {
				t.Errorf("once it is known: %q, %v", user, err)
			}
		})
	})
}
