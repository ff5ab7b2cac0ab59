package scs

import (
	"context"
	"time"

	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Put puts a value under a key. It is encoded when the session is saved: with
// encoding/gob, unless it is of a basic type.
func (s *SessionManager) Put(ctx context.Context, key string, val any) {
	d := s.of(ctx)
	d.with(func(b *untyped.Bag) error {
		b.Put(key, val)
		d.status = Modified
		return nil
	})
}

// Get returns the value under a key, nil for none.
func (s *SessionManager) Get(ctx context.Context, key string) (v any) {
	s.of(ctx).with(func(b *untyped.Bag) (err error) {
		v, _, err = b.Get(key)
		return err
	})
	return v
}

// Pop returns the value under a key and removes it, at once: of several requests
// one gets it.
func (s *SessionManager) Pop(ctx context.Context, key string) (v any) {
	d := s.of(ctx)
	d.with(func(b *untyped.Bag) error {
		popped, ok, err := b.Pop(key)
		if ok {
			v, d.status = popped, Modified
		}
		return err
	})
	return v
}

// Remove removes a key. One that is not there is left alone.
func (s *SessionManager) Remove(ctx context.Context, key string) {
	d := s.of(ctx)
	d.with(func(b *untyped.Bag) error {
		if b.Delete(key) {
			d.status = Modified
		}
		return nil
	})
}

// Clear removes all keys. The token and the end of the session stay.
func (s *SessionManager) Clear(ctx context.Context) error {
	d := s.of(ctx)
	return d.with(func(b *untyped.Bag) error {
		if b.Clear() {
			d.status = Modified
		}
		return nil
	})
}

// Exists reports whether there is a value under a key.
func (s *SessionManager) Exists(ctx context.Context, key string) (exists bool) {
	s.of(ctx).with(func(b *untyped.Bag) (err error) {
		_, exists, err = b.Get(key)
		return err
	})
	return exists
}

// Keys lists the keys, sorted.
func (s *SessionManager) Keys(ctx context.Context) []string {
	keys := []string{}
	s.of(ctx).with(func(b *untyped.Bag) error {
		keys = append(keys, b.Names()...)
		return nil
	})
	return keys
}

// RememberMe says whether the cookie of this session outlives the browser, where
// the Persist of the others is off.
func (s *SessionManager) RememberMe(ctx context.Context, val bool) { s.Put(ctx, rememberMe, val) }

func as[T any](v any) T {
	typed, _ := v.(T)
	return typed
}

// GetString is Get for a string, "" for none and for another type. So do the
// others for theirs.
func (s *SessionManager) GetString(ctx context.Context, key string) string {
	return as[string](s.Get(ctx, key))
}

// GetBool is Get for a bool.
func (s *SessionManager) GetBool(ctx context.Context, key string) bool {
	return as[bool](s.Get(ctx, key))
}

// GetInt is Get for an int.
func (s *SessionManager) GetInt(ctx context.Context, key string) int { return as[int](s.Get(ctx, key)) }

// GetInt64 is Get for an int64.
func (s *SessionManager) GetInt64(ctx context.Context, key string) int64 {
	return as[int64](s.Get(ctx, key))
}

// GetInt32 is Get for an int32.
func (s *SessionManager) GetInt32(ctx context.Context, key string) int32 {
	return as[int32](s.Get(ctx, key))
}

// GetFloat is Get for a float64.
func (s *SessionManager) GetFloat(ctx context.Context, key string) float64 {
	return as[float64](s.Get(ctx, key))
}

// GetBytes is Get for bytes.
func (s *SessionManager) GetBytes(ctx context.Context, key string) []byte {
	return as[[]byte](s.Get(ctx, key))
}

// GetTime is Get for a time.
func (s *SessionManager) GetTime(ctx context.Context, key string) time.Time {
	return as[time.Time](s.Get(ctx, key))
}

// PopString is Pop for a string, "" for none and for another type. So do the others
// for theirs.
func (s *SessionManager) PopString(ctx context.Context, key string) string {
	return as[string](s.Pop(ctx, key))
}

// PopBool is Pop for a bool.
func (s *SessionManager) PopBool(ctx context.Context, key string) bool {
	return as[bool](s.Pop(ctx, key))
}

// PopInt is Pop for an int.
func (s *SessionManager) PopInt(ctx context.Context, key string) int { return as[int](s.Pop(ctx, key)) }

// PopFloat is Pop for a float64.
func (s *SessionManager) PopFloat(ctx context.Context, key string) float64 {
	return as[float64](s.Pop(ctx, key))
}

// PopBytes is Pop for bytes.
func (s *SessionManager) PopBytes(ctx context.Context, key string) []byte {
	return as[[]byte](s.Pop(ctx, key))
}

// PopTime is Pop for a time.
func (s *SessionManager) PopTime(ctx context.Context, key string) time.Time {
	return as[time.Time](s.Pop(ctx, key))
}
