package scs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Store is what scs has its sessions in.
type Store interface {
	// Delete removes a session; one that is not there is no error.
	Delete(token string) (err error)

	// Find returns a session, and false for one that is not there or has ended.
	Find(token string) (b []byte, found bool, err error)

	// Commit stores a session until expiry.
	Commit(token string, b []byte, expiry time.Time) (err error)
}

// IterableStore is a Store that can list its sessions.
type IterableStore interface {
	All() (map[string][]byte, error)
}

// CtxStore is a Store whose methods take a context.
type CtxStore interface {
	Store
	DeleteCtx(ctx context.Context, token string) (err error)
	FindCtx(ctx context.Context, token string) (b []byte, found bool, err error)
	CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) (err error)
}

// IterableCtxStore is an IterableStore whose method takes a context.
type IterableCtxStore interface {
	AllCtx(ctx context.Context) (map[string][]byte, error)
}

// Codec encodes a session as a whole, as scs has it.
type Codec interface {
	Encode(deadline time.Time, values map[string]any) ([]byte, error)
	Decode([]byte) (deadline time.Time, values map[string]any, err error)
}

// GobCodec is the Codec of scs.
type GobCodec struct{}

type gobbed struct {
	Deadline time.Time
	Values   map[string]any
}

// Encode implements Codec.
func (GobCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&gobbed{deadline, values}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Decode implements Codec.
func (GobCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var g gobbed
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&g); err != nil {
		return time.Time{}, nil, err
	}
	return g.Deadline, g.Values, nil
}

// Predecessor is a store of scs, for [session.WithPredecessor]: for apps that go on
// with the kit's own functions. hashed is HashTokenInStore; nil for a codec is
// GobCodec.
func Predecessor(store Store, codec Codec, cookieName string, hashed bool) driver.Predecessor {
	if codec == nil {
		codec = GobCodec{}
	}
	return driver.Predecessor{Cookie: cookieName, Load: func(ctx context.Context, token string) (*driver.Inheritance, error) {
		if hashed {
			sum := sha256.Sum256([]byte(token))
			token = base64.RawURLEncoding.EncodeToString(sum[:])
		}
		b, found, err := find(ctx, store, token)
		if !found || err != nil {
			return nil, err
		}
		deadline, values, err := codec.Decode(b)
		if err != nil {
			return nil, nil // nobody can read it, now or later
		}
		in := &driver.Inheritance{Values: map[string]any{}, Deadline: deadline, Forget: func(ctx context.Context) error {
			return remove(ctx, store, token)
		}}
		for name, v := range values {
			in.Values[untyped.Key(name)] = v
		}
		return in, nil
	}}
}

func find(ctx context.Context, store Store, token string) ([]byte, bool, error) {
	if c, ok := store.(interface {
		FindCtx(context.Context, string) ([]byte, bool, error)
	}); ok {
		return c.FindCtx(ctx, token)
	}
	return store.Find(token)
}

func remove(ctx context.Context, store Store, token string) error {
	if c, ok := store.(interface {
		DeleteCtx(context.Context, string) error
	}); ok {
		return c.DeleteCtx(ctx, token)
	}
	return store.Delete(token)
}

func (s *SessionManager) predecessor() driver.Predecessor {
	p := Predecessor(s.Store, s.Codec, s.Cookie.Name, s.HashTokenInStore)
	p.Until = s.StoreUntil
	return p
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
