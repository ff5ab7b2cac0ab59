package stores

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// NewManager opens the store that cfg names and a manager on it, which closes the
// store when it is closed. The errors are those of [Open] and
// [session.NewManager].
func NewManager(ctx context.Context, cfg config.Config, options ...session.Option) (*session.Manager, error) {
	store, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return manage(ctx, cfg, store, options)
}

func manage(ctx context.Context, cfg config.Config, store driver.Store, options []session.Option) (*session.Manager, error) {
	m, err := session.NewManager(ctx, cfg, store, options...)
	if err != nil {
		store.Close()
		return nil, err
	}
	return m, nil
}

// FromEnvironment is all of the set-up in one call: the configuration from the
// environment ([config.FromEnvironment]), which adjust may change where it is not
// nil, its store, and the manager.
//
//	sessions, err := stores.FromEnvironment(ctx, nil)
func FromEnvironment(ctx context.Context, adjust func(*config.Config), options ...session.Option) (*session.Manager, error) {
	cfg, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	if adjust != nil {
		adjust(&cfg)
	}
	return NewManager(ctx, cfg, options...)
}

// WithoutSecretKey is NewManager for apps that have never had a secret key: where
// cfg has none, and the mode is not production, the key is one that the store
// keeps, so that all workers on it have it and a restart logs nobody out. Who
// reads the store can sign with it and still has no session, whose random id is in
// the cookie alone. store is for apps that bring their own; nil opens the one that
// cfg names.
func WithoutSecretKey(ctx context.Context, cfg config.Config, store driver.Store, options ...session.Option) (*session.Manager, error) {
	var err error
	if store == nil {
		if store, err = Open(ctx, cfg); err != nil {
			return nil, err
		}
	}
	if cfg = cfg.WithDefaults(); cfg.SecretKey.IsZero() && cfg.Mode != config.Production {
		if cfg.SecretKey, err = keptKey(ctx, store, cfg.Timeout); err != nil {
			store.Close()
			return nil, fmt.Errorf("the secret key that the session store keeps: %w", err)
		}
	}
	return manage(ctx, cfg, store, options)
}

// keptKeyID is where the store keeps the key, as a record like others.
var keptKeyID = func() driver.ID {
	sum := sha256.Sum256([]byte("sessionkit/v1 kept key"))
	return driver.ID(sum[:len(driver.ID{})])
}()

const keptKeyFor = 100 * 365 * 24 * time.Hour

func keptKey(ctx context.Context, store driver.Store, timeout time.Duration) (config.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := store.Load(ctx, keptKeyID)
	if errors.Is(err, driver.ErrNotFound) {
		var random [32]byte
		rand.Read(random[:])
		text := base64.RawURLEncoding.EncodeToString(random[:])
		now := time.Now()
		r = &driver.Record{Created: now, Deadline: now.Add(keptKeyFor), Expires: now.Add(keptKeyFor), Realm: " kept key",
			Values: driver.Values{}.With("key", json.RawMessage(`"`+text+`"`))}
		err = store.Save(ctx, keptKeyID, r)
		if conflict, ok := errors.AsType[*driver.ConflictError](err); ok { // another worker was faster
			r, err = conflict.Current, nil
		}
	}
	if err != nil {
		return config.Secret{}, err
	}
	raw, _ := r.Values.Get("key")
	var key string
	if err := json.Unmarshal([]byte(raw), &key); err != nil {
		return config.Secret{}, err
	}
	return config.NewSecret(key), nil
}
