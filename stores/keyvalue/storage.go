package keyvalue

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var (
	// ErrDeleted is what Set answers for a key that was deleted, where deleted keys
	// stay so.
	ErrDeleted = errors.New("keyvalue: the key was deleted, and what is gone stays gone")

	// ErrContended: others kept setting the same key.
	ErrContended = errors.New("keyvalue: others kept changing the value")
)

// Storage keeps values under keys. It knows whole values and nothing of what is in
// them, so it cannot merge: of two Sets at a time the later one stays. A limiter that
// reads, counts and writes may so let a few requests more pass. It is safe for
// concurrent use. Errors are the store's, and those of the context that a method was
// given; each call ends within the timeout.
type Storage struct {
	open     func() (driver.Store, time.Duration, error)
	realm    string
	keepGone bool
}

// Timeout bounds each call of a Storage that New has made.
const Timeout = 2 * time.Second

// New returns a storage in the store. What one of another name keeps it does not
// see, and nor do the sessions.
func New(store driver.Store, name string) *Storage {
	return Lazy(func() (driver.Store, time.Duration, error) { return store, Timeout, nil }, name)
}

// Lazy is New for a store that is opened when it is first asked for; open also says
// what bounds a call.
func Lazy(open func() (store driver.Store, timeout time.Duration, err error), name string) *Storage {
	return &Storage{open: open, realm: " storage " + name}
}

// KeepDeleted returns a storage on the same values in which a key that was deleted
// is not set again within a day: Set answers [ErrDeleted]. It is for session
// middleware, in which a slow request would bring back what was logged out.
func (st *Storage) KeepDeleted() *Storage {
	kept := *st
	kept.keepGone = true
	return &kept
}

const (
	forEver    = 100 * 365 * 24 * time.Hour
	goneFor    = 24 * time.Hour // longer than any request
	setRetries = 100
)

func (st *Storage) id(key string) driver.ID {
	sum := sha256.Sum256([]byte(st.realm + "\x00" + key))
	return driver.ID(sum[:len(driver.ID{})])
}

func (st *Storage) begin(ctx context.Context) (driver.Store, context.Context, context.CancelFunc, error) {
	store, timeout, err := st.open()
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return store, ctx, cancel, nil
}

// Get returns the value under a key, nil for none.
func (st *Storage) Get(key string) ([]byte, error) {
	return st.GetWithContext(context.Background(), key)
}

// GetWithContext is Get.
func (st *Storage) GetWithContext(ctx context.Context, key string) ([]byte, error) {
	store, ctx, cancel, err := st.begin(ctx)
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
	return st.SetWithContext(context.Background(), key, val, exp)
}

// SetWithContext is Set.
func (st *Storage) SetWithContext(ctx context.Context, key string, val []byte, exp time.Duration) error {
	if key == "" || len(val) == 0 {
		return nil
	}
	text := base64.StdEncoding.EncodeToString(val)
	if exp <= 0 {
		exp = forEver
	}
	return st.put(ctx, key, driver.Values{}.With("value", json.RawMessage(`"`+text+`"`)), exp, st.keepGone)
}

// put replaces what is under a key, unless it was deleted and that counts.
func (st *Storage) put(ctx context.Context, key string, values driver.Values, exp time.Duration, heedGone bool) error {
	store, ctx, cancel, err := st.begin(ctx)
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
		case errors.Is(err, driver.ErrGone):
			revision = 0
		default:
			return err
		}
	}
	return ErrContended // without the key, which is a token at times
}

// Delete removes a key. One that is not there is no error.
func (st *Storage) Delete(key string) error {
	return st.DeleteWithContext(context.Background(), key)
}

// DeleteWithContext is Delete.
func (st *Storage) DeleteWithContext(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	if st.keepGone {
		return st.put(ctx, key, driver.Values{}, goneFor, false)
	}
	store, ctx, cancel, err := st.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return store.Delete(ctx, st.id(key))
}

// Reset removes all keys of this storage, and nothing else. The error is an
// [errors.ErrUnsupported] where the store cannot list what it has.
func (st *Storage) Reset() error { return st.ResetWithContext(context.Background()) }

// ResetWithContext is Reset. It walks the whole store, so that ctx alone bounds it.
func (st *Storage) ResetWithContext(ctx context.Context) error {
	store, _, err := st.open()
	if err != nil {
		return err
	}
	list, ok := store.(driver.Lister)
	if !ok {
		return fmt.Errorf("keyvalue: reset: %T cannot list what it has: %w", store, errors.ErrUnsupported)
	}
	for entry, err := range list.All(ctx) {
		if err != nil {
			return err
		}
		if entry.Record.Realm == st.realm {
			if err := store.Delete(ctx, entry.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close does nothing: the store of the sessions is closed by itself.
func (st *Storage) Close() error { return nil }
