package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrDeleted is what Set answers for a key that was deleted, where deleted keys stay
// so.
var ErrDeleted = errors.New("session: the key was deleted, and what is gone stays gone")

// Storage is a [fiber.Storage] in the kit's store, for Fiber's csrf, limiter and
// cache, so that all workers share what these keep:
//
//	app.Use(limiter.New(limiter.Config{Storage: store.NewStorage("limiter")}))
//
// It knows whole values and nothing of what is in them, so it cannot merge: of two
// Sets at a time the later one stays. A limiter that reads, counts and writes may so
// let a few requests more pass. It is safe for concurrent use.
type Storage struct {
	store    *Store
	realm    string
	keepGone bool
}

// NewStorage returns a storage beside the sessions of the store. What one of another
// name keeps it does not see.
func (s *Store) NewStorage(name string) *Storage {
	return &Storage{store: s, realm: " storage " + name}
}

// NewSessionStorage is NewStorage for Fiber's own session middleware, where the type
// of that is asked for, as by csrf: a key that was deleted is not set again, so that
// a slow request does not bring back a session that was logged out. Its Save answers
// [ErrDeleted].
func (s *Store) NewSessionStorage(name string) *Storage {
	st := s.NewStorage(name)
	st.keepGone = true
	return st
}

var _ fiber.Storage = (*Storage)(nil)

const (
	forEver    = 100 * 365 * 24 * time.Hour
	goneFor    = 24 * time.Hour // longer than any request
	setRetries = 100
)

func (st *Storage) id(key string) driver.ID {
	sum := sha256.Sum256([]byte(st.realm + "\x00" + key))
	return driver.ID(sum[:len(driver.ID{})])
}

func (st *Storage) open() (driver.Store, context.Context, context.CancelFunc, error) {
	m, err := st.store.Manager()
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), m.Config().Timeout)
	return m.Store(), ctx, cancel, nil
}

// Get returns the value under a key, nil for none.
func (st *Storage) Get(key string) ([]byte, error) {
	store, ctx, cancel, err := st.open()
	if err != nil {
		return nil, err
	}
	defer cancel()
	r, err := store.Load(ctx, st.id(key))
	if errors.Is(err, driver.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raw, ok := r.Values.Get("value")
	if !ok { // deleted
		return nil, nil
	}
	var value []byte
	err = json.Unmarshal([]byte(raw), &value)
	return value, err
}

// Set puts a value under a key for exp, or without an end for 0. An empty key or
// value is ignored.
func (st *Storage) Set(key string, val []byte, exp time.Duration) error {
	if key == "" || len(val) == 0 {
		return nil
	}
	text := base64.StdEncoding.EncodeToString(val)
	if exp <= 0 {
		exp = forEver
	}
	return st.put(key, driver.Values{}.With("value", json.RawMessage(`"`+text+`"`)), exp, st.keepGone)
}

// put replaces what is under a key, unless it was deleted and that counts.
func (st *Storage) put(key string, values driver.Values, exp time.Duration, heedGone bool) error {
	store, ctx, cancel, err := st.open()
	if err != nil {
		return err
	}
	defer cancel()
	id, revision := st.id(key), uint64(0)
	for range setRetries {
		now := time.Now()
		err = store.Save(ctx, id, &driver.Record{Revision: revision, Created: now, Deadline: now.Add(exp), Expires: now.Add(exp), Realm: st.realm, Values: values})
		conflict, conflicts := errors.AsType[*driver.ConflictError](err)
		switch {
		case conflicts:
			if _, there := conflict.Current.Values.Get("value"); heedGone && !there {
				return ErrDeleted
			}
			revision = conflict.Current.Revision
		case errors.Is(err, session.ErrGone):
			revision = 0
		default:
			return err
		}
	}
	return fmt.Errorf("%w: storage key %q", session.ErrContended, key)
}

// Delete removes a key. One that is not there is no error.
func (st *Storage) Delete(key string) error {
	if key == "" {
		return nil
	}
	if st.keepGone {
		return st.put(key, driver.Values{}, goneFor, false)
	}
	store, ctx, cancel, err := st.open()
	if err != nil {
		return err
	}
	defer cancel()
	return store.Delete(ctx, st.id(key))
}

// Reset removes all keys of this storage, and nothing else.
func (st *Storage) Reset() error {
	m, err := st.store.Manager()
	if err != nil {
		return err
	}
	list, ok := m.Store().(driver.Lister)
	if !ok {
		return session.ErrNoListing
	}
	ctx := context.Background()
	for entry, err := range list.All(ctx) {
		if err != nil {
			return err
		}
		if entry.Record.Realm == st.realm {
			if err := m.Store().Delete(ctx, entry.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close does nothing: the store of the sessions is closed by itself.
func (st *Storage) Close() error { return nil }
