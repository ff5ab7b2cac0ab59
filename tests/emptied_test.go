package tests

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// A store that somebody empties at run time: within a beat all workers name
// the same store again, in what they announce too. It is the one from before,
// unless a worker that knows nothing of that one starts before the beat.
func TestEmptiedStoreKeepsItsName(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) (cfg config.Config, empty func() error){
		"redis": emptiedRedis,
		"file":  emptiedFolder,
	} {
		for _, newcomer := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/newcomer=%v", name, newcomer), func(t *testing.T) {
				t.Parallel()
				cfg, empty := open(t)
				cfg.Mode, cfg.SecretKey = config.Development, config.NewSecret(secret)
				managers := []*session.Manager{start(t, cfg), start(t, cfg)}
				origin := managers[0].Diagnostics().StoreID()
				untilOneStore(t, managers, origin)
				if err := empty(); err != nil {
					t.Fatal(err)
				}
				if newcomer {
					managers = append(managers, start(t, cfg))
					origin = managers[2].Diagnostics().StoreID()
				}
				untilOneStore(t, managers, origin)
			})
		}
	}
}

func emptiedRedis(t *testing.T) (config.Config, func() error) {
	server := redistest.Start(t)
	return config.Config{RedisURL: config.NewSecret(server.URL())}, func() error {
		server.Do("FLUSHALL")
		return nil
	}
}

func emptiedFolder(t *testing.T) (config.Config, func() error) {
	dir := t.TempDir() + "/sessions"
	return config.Config{Store: config.StoreFile, Dir: dir}, func() error {
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
		return err
	}
}

// start starts a worker.
func start(t *testing.T, cfg config.Config) *session.Manager {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	store, err := stores.Open(t.Context(), cfg, stores.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// untilOneStore waits until all workers name this one store, and are listed
// with it.
func untilOneStore(t *testing.T, managers []*session.Manager, want driver.StoreID) {
	t.Helper()
	until(t, time.Minute, "all name the store "+want.String(), func() bool {
		list, err := managers[0].Diagnostics().Workers(context.Background())
		if err != nil || len(list) != len(managers) {
			return false
		}
		for i, m := range managers {
			if m.Diagnostics().StoreID() != want || list[i].StoreID != want.String() {
				return false
			}
		}
		return true
	})
}
