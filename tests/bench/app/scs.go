package app

import (
	"context"
	"net/http"

	"github.com/alexedwards/scs/goredisstore"
	"github.com/alexedwards/scs/v2"

	kitscs "github.com/gosessionkit/sessionkit/adapters/scs"
)

// scsManager is what the app needs of scs, and of what stands for it.
type scsManager interface {
	GetString(ctx context.Context, key string) string
	GetInt(ctx context.Context, key string) int
	Put(ctx context.Context, key string, val any)
	RenewToken(ctx context.Context) error
	Destroy(ctx context.Context) error
	LoadAndSave(next http.Handler) http.Handler
}

// openSCS is alexedwards/scs with its memory store or its store on go-redis,
// which needs fewer commands than the one on redigo.
func openSCS(st Storage) (*App, error) {
	m := scs.New()
	m.IdleTimeout = st.Idle
	closeRedis := func() error { return nil }
	if st.Redis != "" {
		client := newClient(st)
		m.Store, closeRedis = goredisstore.New(client), client.Close
	}
	return &App{HTTP: scsApp(m), close: closeRedis}, nil
}

// openKitSCS is the same app on the kit in scs's shape.
func openKitSCS(st Storage) (*App, error) {
	m := kitscs.New()
	m.IdleTimeout = st.Idle
	m.Configure = shape(st)
	return &App{HTTP: scsApp(m), close: m.Close}, nil
}

func scsApp(m scsManager) http.Handler {
	lib := library[context.Context]{
		get: func(ctx context.Context, key string) (string, error) { return m.GetString(ctx, key), nil },
		set: func(ctx context.Context, key, value string) error {
			m.Put(ctx, key, value)
			return nil
		},
		number: func(ctx context.Context) (int, error) { return m.GetInt(ctx, "count"), nil },
		increment: func(ctx context.Context) error {
			m.Put(ctx, "count", m.GetInt(ctx, "count")+1)
			return nil
		},
		login: func(ctx context.Context, user string) error {
			if err := m.RenewToken(ctx); err != nil {
				return err
			}
			m.Put(ctx, "user", user)
			return nil
		},
		logout: m.Destroy,
		user:   func(ctx context.Context) (string, error) { return m.GetString(ctx, "user"), nil },
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", plain)
	for _, route := range lib.routes() {
		mux.HandleFunc(route.path, func(w http.ResponseWriter, r *http.Request) {
			text, err := route.work(r.Context())
			answer(w, text, err)
		})
	}
	return m.LoadAndSave(mux)
}
