package stores_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Workers without a secret key that start at once, and one that starts after them,
// sign with one key when they have one store.
func TestWithoutSecretKey(t *testing.T) {
	t.Parallel()
	quiet := session.WithLogger(slog.New(slog.DiscardHandler))
	for name, cfg := range map[string]config.Config{
		"files": {Mode: config.Development, Store: config.StoreFile, Dir: filepath.Join(t.TempDir(), "sessions")},
		"redis": {Mode: config.Development, Store: config.StoreRedis, RedisURL: config.NewSecret(redistest.Start(t).URL())},
	} {
		var mu sync.Mutex
		var prints []config.Fingerprint
		open := func() {
			m, err := stores.WithoutSecretKey(t.Context(), cfg, nil, quiet)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			defer m.Close()
			if n, err := m.DestroyAll(t.Context()); n != 0 || err != nil { // the key is no session
				t.Errorf("%s: %d sessions, %v", name, n, err)
			}
			mu.Lock()
			defer mu.Unlock()
			prints = append(prints, m.Diagnostics().Fingerprints()[0])
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(open)
		}
		all.Wait()
		open()
		if prints = slices.Compact(prints); len(prints) != 1 {
			t.Errorf("%s: they sign with %v", name, prints)
		}
		own := cfg
		own.SecretKey = config.NewSecret("0123456789abcdef0123456789abcdef")
		m, err := stores.WithoutSecretKey(t.Context(), own, nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		if m.Diagnostics().Fingerprints()[0] == prints[0] {
			t.Errorf("%s: the configured key was not taken", name)
		}
		m.Close()
		production := cfg
		production.Mode = config.Production
		if m, err := stores.WithoutSecretKey(t.Context(), production, nil, quiet); err == nil {
			m.Close()
			t.Errorf("%s: production started without a secret key", name)
		}
	}
}
