package stores_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores"
)

func TestLazy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened atomic.Int32
		down := errors.New("connection refused")
		l := stores.NewLazy(func() (*session.Manager, error) {
			time.Sleep(time.Second)
			if opened.Add(1) < 3 {
				return nil, down
			}
			return session.NewManager(context.Background(), config.Config{Mode: config.Test}, memstore.New(0))
		})
		ask := func(want error, times int32) {
			t.Helper()
			var all sync.WaitGroup
			for range 10 {
				all.Go(func() {
					if m, err := l.Manager(); !errors.Is(err, want) || err == nil && m == nil {
						t.Errorf("got %v, want %v", err, want)
					}
				})
			}
			all.Wait()
			if n := opened.Load(); n != times {
				t.Errorf("opened %d times, want %d", n, times)
			}
		}
		ask(down, 1)
		ask(down, 1)
		time.Sleep(6 * time.Second)
		begin := time.Now()
		ask(down, 2) // one tries, the others do not wait
		if time.Since(begin) > time.Second {
			t.Error("somebody has waited for another try")
		}
		time.Sleep(6 * time.Second)
		if _, err := l.Manager(); err != nil {
			t.Error(err)
		}
		ask(nil, 3)
		if err := errors.Join(l.Close(), l.Close()); err != nil {
			t.Error(err)
		}
		ask(session.ErrClosed, 3)
	})
}
