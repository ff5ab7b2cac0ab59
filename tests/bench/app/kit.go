package app

import (
	"context"
	"log/slog"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/promsession"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// kitVisit is sessionkit's session with the context of its request.
type kitVisit struct {
	*session.Session
	ctx context.Context
}

var kit = library[kitVisit]{
	get:    func(v kitVisit, key string) (string, error) { return session.Get[string](v.Session, key) },
	set:    func(v kitVisit, key, value string) error { return session.Set(v.Session, key, value) },
	number: func(v kitVisit) (int, error) { return session.Get[int](v.Session, "count") },
	increment: func(v kitVisit) error {
		_, err := session.Update(v.Session, "count", func(n int) (int, error) { return n + 1, nil })
		return err
	},
	login:  func(v kitVisit, user string) error { return auth.Login(v.ctx, user) },
	logout: func(v kitVisit) error { return auth.Logout(v.ctx) },
	user:   func(v kitVisit) (string, error) { return auth.User(v.ctx) },
}

// openKit makes a manager. Its sessions in memory have no limit, like those
// of the others.
func openKit(st Storage) (*session.Manager, error) {
	var store driver.Store = memstore.New(1<<30, memstore.WithBytes(math.MaxInt))
	if st.Redis != "" {
		var err error
		if store, err = redis.Open(context.Background(), redisURL(st)); err != nil {
			return nil, err
		}
	}
	cfg := config.Config{Mode: config.Test, SecretKey: config.NewSecret(secret), IdleTimeout: st.Idle}
	sessions, err := session.NewManager(context.Background(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err == nil && st.Metrics {
		err = prometheus.NewRegistry().Register(promsession.NewCollector(sessions))
	}
	return sessions, err
}

// secret is long enough for everybody.
const secret = "0123456789abcdef0123456789abcdef"
