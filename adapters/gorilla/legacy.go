package gorilla

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

func (s *Store) predecessor(name string) driver.Predecessor {
	return driver.Predecessor{Cookie: name, Until: s.LegacyUntil, Load: func(ctx context.Context, value string) (*driver.Inheritance, error) {
		return inherit(ctx, s.Legacy, s.Options, name, value, func(key any) (string, error) {
			text, err := textOf(key)
			return untyped.Key(text), err
		})
	}}
}

// Predecessor is any store of gorilla/sessions, for [session.WithPredecessor]: for
// apps that go on with the kit's own functions. Values whose key is no string are
// left out.
func Predecessor(old sessions.Store, name string) driver.Predecessor {
	return driver.Predecessor{Cookie: name, Load: func(ctx context.Context, value string) (*driver.Inheritance, error) {
		return inherit(ctx, old, nil, name, value, func(key any) (string, error) {
			if text, ok := key.(string); ok {
				return text, nil
			}
			return "", errors.New("no string")
		})
	}}
}

func inherit(ctx context.Context, old sessions.Store, options *sessions.Options, name, value string, keyFor func(any) (string, error)) (*driver.Inheritance, error) {
	r := (&http.Request{Header: http.Header{"Cookie": {name + "=" + value}}}).WithContext(ctx)
	ss, err := old.New(r, name)
	switch {
	case isNoSession(err):
		return nil, nil
	case err != nil:
		return nil, err
	case ss.IsNew:
		return nil, nil
	}
	in := &driver.Inheritance{Values: map[string]any{}, Deadline: deadline(value, ss.Options, options)}
	if ss.ID != "" { // otherwise the session is the cookie
		in.Forget = func(ctx context.Context) error {
			ss.Options = &sessions.Options{MaxAge: -1}
			return old.Save(r.WithContext(ctx), nowhere{}, ss)
		}
	}
	if own, ok := old.(*redisStore); ok {
		in.Deadline = own.ends(ctx, ss.ID)
	}
	for key, v := range ss.Values {
		if text, err := keyFor(key); err == nil {
			in.Values[text] = v
		}
	}
	return in, nil
}

// isNoSession reports whether err says that the cookie leads to nothing, rather
// than that this could not be found out.
func isNoSession(err error) bool {
	if err == nil {
		return false
	}
	var bad securecookie.Error
	var several securecookie.MultiError
	return errors.As(err, &bad) || errors.As(err, &several) || errors.Is(err, fs.ErrNotExist)
}

// deadline is when a cookie that securecookie has signed ends, which begins with
// the time of its making; zero where nobody says how long it lasts. The shortest
// time counts.
func deadline(value string, options ...*sessions.Options) time.Time {
	age := 0
	for _, o := range options {
		if o != nil && o.MaxAge > 0 && (age == 0 || o.MaxAge < age) {
			age = o.MaxAge
		}
	}
	if age == 0 {
		return time.Time{}
	}
	raw, err := base64.URLEncoding.DecodeString(value)
	if err != nil {
		return time.Time{}
	}
	made, _, _ := strings.Cut(string(raw), "|")
	unix, err := strconv.ParseInt(made, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(unix, 0).Add(time.Duration(age) * time.Second)
}

// nowhere is an answer that nobody gets.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}
