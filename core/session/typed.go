package session

import (
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// Get returns the value under key. A missing key gives T's zero value; a
// value of another type a *TypeError, with the zero value. The other errors
// are ErrInvalidKey for a key of the kit's own, and ErrDestroyed or ErrGone
// when the session has ended. Get does no I/O and changes nothing.
func Get[T any](s *Session, key string) (T, error) {
	v, _, err := Lookup[T](s, key)
	return v, err
}

// Lookup is Get that also reports whether the key is there.
func Lookup[T any](s *Session, key string) (v T, ok bool, err error) {
	if reserved(key) {
		return v, false, checkKey(key)
	}
	raw, ok, err := s.lookup(key)
	if !ok || err != nil {
		return v, false, err
	}
	v, err = decodeValue[T](s.manager.codec, key, raw)
	return v, true, err
}

// Set puts v under key. It is encoded now: what the caller does to v
// afterwards changes nothing. It is saved before the response headers leave.
//
// The errors are a *TypeError that names the key, and the part of v, that cannot
// be encoded; ErrInvalidKey, ErrTooLarge, and ErrDestroyed or ErrGone when the
// session has ended. Text that is not UTF-8 is refused wherever it is, as JSON
// would alter it. In development and test mode so is what would not come back as
// it is: fields that are not exported or skipped by their tag and hold something,
// values in an interface that have a type of their own, errors, what is written
// by a MarshalJSON and has no UnmarshalJSON. See [JSON] for what is not minded.
func Set[T any](s *Session, key string, v T) error {
	if err := checkKey(key); err != nil {
		return s.manager.refused(err)
	}
	raw, err := s.manager.encode(key, v)
	if err == nil {
		err = s.set(key, raw)
	}
	return s.manager.refused(err)
}

// Pop returns the value under key and removes it, at once: of several requests
// that ask for the same value, on whatever worker, one gets it and the others
// the zero value. So it is for what must be used once, such as the state of an
// OAuth flow or the token of a form. A missing key gives the zero value, changes
// nothing and costs no I/O.
//
// Changes made before are saved together with it, as [Update] does. With an
// error the zero value is returned and the value stays where it is: a
// [*TypeError] when it is of another type, and the errors of [Get] and
// [Session.Commit]. In a session that is not stored yet it is a plain removal.
func Pop[T any](s *Session, key string) (T, error) {
	var v, zero T
	if reserved(key) {
		return zero, checkKey(key)
	}
	err := s.take(key, func(raw string, ok bool) (err error) {
		if v = zero; ok {
			v, err = decodeValue[T](s.manager.codec, key, raw)
		}
		return err
	})
	if err != nil {
		return zero, err
	}
	return v, nil
}

// Update replaces the value under key by what f makes of it, and saves at
// once together with the changes made before. When another request was
// faster, f runs again on the newer value: no increment is lost and no
// result is returned twice. f gets the zero value for a missing key; its
// error is returned and nothing is saved.
//
// f may run several times, on the goroutine of another request that saves the
// same session, and while others wait for it. So it computes and waits for
// nothing: it takes no lock that anybody might hold while saving this session,
// and it does not use the session itself, which would wait for f for ever. Other
// requests of the session that have waited for it for the configured timeout
// (2s by default) get ErrContended. The errors are f's, those of [Set], and those of [Session.Commit]. A panic of f is
// this request's alone; among others that are saved together an [*UpdatePanic].
func Update[T any](s *Session, key string, f func(T) (T, error)) (T, error) {
	var result T
	if err := checkKey(key); err != nil {
		return result, s.manager.refused(err)
	}
	codec := s.manager.codec
	err := s.commitUpdate(key, func(raw string, ok bool) (string, error) {
		var v T
		if ok {
			var err error
			if v, err = decodeValue[T](codec, key, raw); err != nil {
				return "", err
			}
		}
		v, err := f(v)
		if err != nil {
			return "", err
		}
		result = v
		return s.manager.encode(key, v)
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return result, nil
}

// SetIfAbsent puts v under key unless a value is there already, and saves at
// once: of several requests only one succeeds. It reports whether this one
// did. The errors are those of [Update].
func SetIfAbsent[T any](s *Session, key string, v T) (stored bool, err error) {
	if err := checkKey(key); err != nil {
		return false, s.manager.refused(err)
	}
	next, err := s.manager.encode(key, v)
	if err != nil {
		return false, s.manager.refused(err)
	}
	err = s.commitUpdate(key, func(raw string, ok bool) (string, error) {
		if stored = !ok; stored {
			return next, nil
		}
		return raw, nil
	})
	return stored && err == nil, err
}

// take removes key, and has use look at what was there. When use fails it stays.
// Another request's take or change meanwhile has use look again, at what is
// there then.
func (s *Session) take(key string, use func(raw string, ok bool) error) error {
	for {
		raw, ok, err := s.lookup(key)
		if err != nil {
			return err
		}
		if ok && s.snapshot().Revision > 0 {
			return s.commitUpdate(key, func(raw string, ok bool) (string, error) { return "", use(raw, ok) })
		}
		if err := use(raw, ok); !ok || err != nil {
			return err
		}
		if taken, err := s.removeUnsaved(key, raw); taken || err != nil {
			return err
		}
	}
}

// removeUnsaved removes key from a session that is not stored yet, if its value
// is raw still.
func (s *Session) removeUnsaved(key, raw string) (removed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return false, err
	}
	if now, ok := s.journal.Find(s.base.Values, key); !ok || now != raw || s.base.Revision > 0 {
		return false, nil
	}
	s.journal.Record(saver.Change{Kind: saver.DeleteKey, Key: key})
	return true, nil
}
