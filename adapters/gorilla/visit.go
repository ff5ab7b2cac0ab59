package gorilla

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// errForeign is what Save answers for a session of another store.
var errForeign = errors.New("gorilla: the session is of another store: get it from this one")

// visit is one request and its session of one name. It is what the registry and
// the sessions take for their store, so that each leads to what belongs to it.
type visit struct {
	store    *Store
	name     string
	manager  *session.Manager
	exchange *session.Exchange

	mu   sync.Mutex
	bags map[*sessions.Session]*untyped.Bag
	line string // the Set-Cookie line on the answer so far
}

type visitKey struct {
	store *Store
	name  string
}

// visit returns the request's; the first call makes it and has the request's
// context lead to it, in the way of gorilla/sessions itself.
func (s *Store) visit(r *http.Request, name string) (*visit, error) {
	if v, ok := r.Context().Value(visitKey{s, name}).(*visit); ok {
		return v, nil
	}
	m, err := s.Manager(name)
	if err != nil {
		return nil, err
	}
	in := httpsession.Incoming(r)
	in.Header = nil      // the library's calls know cookies alone
	in.CrossSite = false // a POST from another site, of SAML say, makes a session as it always did
	x := &session.Exchange{}
	ctx := context.Context(x)
	if outer := x.Begin(r.Context(), m, in); outer != nil { // of a middleware
		x, ctx = outer, r.Context()
	}
	v := &visit{store: s, name: name, manager: m, exchange: x, bags: map[*sessions.Session]*untyped.Bag{}}
	*r = *r.WithContext(context.WithValue(ctx, visitKey{s, name}, v))
	return v, nil
}

// without is a session that cannot be had: empty, and not to be saved.
func (s *Store) without(name string) *sessions.Session {
	ss := sessions.NewSession(unopened{s}, name)
	ss.Options, ss.IsNew = s.options(), true
	return ss
}

// unopened is a store that could not be opened when the session was asked for.
type unopened struct{ *Store }

func (u unopened) Save(*http.Request, http.ResponseWriter, *sessions.Session) error {
	if err := u.Ready(); err != nil {
		return err
	}
	return session.ErrUnavailable
}

func (s *Store) options() *sessions.Options {
	options := sessions.Options{Path: "/"}
	if s.Options != nil {
		options = *s.Options
	}
	return &options
}

// Get implements [sessions.Store].
func (v *visit) Get(r *http.Request, name string) (*sessions.Session, error) {
	return v.store.Get(r, name)
}

// New implements [sessions.Store].
func (v *visit) New(r *http.Request, name string) (*sessions.Session, error) {
	if name != v.name {
		return v.store.New(r, name)
	}
	ss := sessions.NewSession(v, name)
	ss.Options, ss.IsNew = v.store.options(), true
	s, err := v.exchange.Session(r.Context())
	if err != nil {
		return ss, err
	}
	bag := untyped.NewBag(s, v.store.Counters...)
	v.mu.Lock()
	v.bags[ss] = bag
	v.mu.Unlock()
	ss.ID = s.ID().String()
	ss.IsNew = s.Revision() == 0
	for _, text := range bag.Names() {
		key, err := keyOf(text)
		if err == nil {
			ss.Values[key], _, err = bag.Get(text)
		}
		if err != nil { // it stays as it is: a newer version of the app may know the type
			delete(ss.Values, key)
			slog.ErrorContext(r.Context(), "gorilla: a value of the session cannot be read and is left out", "session", s.ID().Short(), "key", text, "error", err)
		}
	}
	return ss, nil
}
