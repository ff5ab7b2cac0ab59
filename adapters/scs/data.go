package scs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// Status says what a request has done to its session.
type Status int

const (
	Unmodified Status = iota // nothing
	Modified                 // changed it
	Destroyed                // ended it
)

// data is one request and its session, as its context carries it.
type data struct {
	scs      *SessionManager
	exchange *session.Exchange // nil for a session that belongs to no request: see Iterate

	mu       sync.Mutex
	bag      *untyped.Bag // nil while nobody has asked
	status   Status
	deadline time.Time // as SetDeadline chose it, else zero
	err      error     // what somebody was not told who asked for a value
}

const rememberMe = "__rememberMe"

func (s *SessionManager) of(ctx context.Context) *data {
	d, ok := ctx.Value(s.key).(*data)
	if !ok {
		panic("scs: no session data in context")
	}
	return d
}

// with calls do with what the session holds, and remembers why it could not.
func (d *data) with(do func(b *untyped.Bag) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.load()
	if err == nil {
		err = do(b)
	}
	if err != nil && d.err == nil {
		d.err = err
	}
	return err
}

func (d *data) load() (*untyped.Bag, error) {
	if d.bag != nil {
		return d.bag, nil
	}
	if d.err != nil {
		return nil, d.err
	}
	s, err := d.exchange.Session(d.exchange)
	if err != nil {
		return nil, fmt.Errorf("scs: %w", err)
	}
	d.bag = untyped.NewBag(s, d.scs.Counters...)
	if d.scs.IdleTimeout > 0 && s.Revision() > 0 { // every request counts as use
		d.status = max(d.status, Modified)
	}
	return d.bag, nil
}

// Load returns a context that carries the session with the token, or a new one.
// One that carries a session already is returned as it is.
func (s *SessionManager) Load(ctx context.Context, token string) (context.Context, error) {
	if _, ok := ctx.Value(s.key).(*data); ok {
		return ctx, nil
	}
	m, err := s.Manager()
	if err != nil {
		return nil, err
	}
	in := session.Incoming{}
	if token != "" {
		in.Cookies = []string{m.Config().Cookie.Name + "=" + token}
	}
	ctx, d := s.begin(ctx, m, in)
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err = d.load()
	if err != nil {
		return nil, err
	}
	return ctx, nil
}

// begin has the context carry the request, of which nothing is read yet.
func (s *SessionManager) begin(ctx context.Context, m *session.Manager, in session.Incoming) (context.Context, *data) {
	x := &session.Exchange{}
	if outer := x.Begin(ctx, m, in); outer != nil {
		x = outer
	} else {
		ctx = x
	}
	d := &data{scs: s, exchange: x}
	return context.WithValue(ctx, s.key, d), d
}

// Commit saves the session and returns its token, and when it ends unless it is
// used again before. The token of a session that has never held anything is "".
func (s *SessionManager) Commit(ctx context.Context) (token string, expiry time.Time, err error) {
	d := s.of(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.commit(ctx); err != nil {
		return "", time.Time{}, err
	}
	own := d.bag.Session()
	if c := own.Cookie(); c != nil {
		token = c.Value
	}
	return token, own.Expires().UTC(), nil
}

func (d *data) commit(ctx context.Context) error {
	b, err := d.load()
	if err != nil {
		return err
	}
	if d.err != nil {
		return d.err
	}
	if d.status == Modified {
		b.Modify()
	}
	if err := d.login(ctx, b); err != nil {
		return fmt.Errorf("scs: %w", err)
	}
	if err := b.Save(); err != nil {
		return fmt.Errorf("scs: %w", err)
	}
	d.deadline = time.Time{}
	return nil
}

// login tells the kit who is logged in, where a value was put that says so.
func (d *data) login(ctx context.Context, b *untyped.Bag) error {
	key := d.scs.UserKey
	if key == "" || d.status != Modified {
		return nil
	}
	v, ok, err := b.Get(key)
	if err != nil {
		return err
	}
	user := ""
	if ok && v != nil {
		user = fmt.Sprint(v)
	}
	s := b.Session()
	if s.User() == user {
		return nil
	}
	if s.User() == "" { // else nothing of the other user's may be left, and what was put comes after that
		if err := b.Flush(); err != nil {
			return err
		}
	}
	return s.RenewAs(ctx, user)
}

// Status says what the request has done to its session. With an IdleTimeout one
// that was loaded counts as changed, since the request is use of it.
func (s *SessionManager) Status(ctx context.Context) Status {
	d := s.of(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.status
}

// Token is the value of the session's cookie, "" while it is not stored.
func (s *SessionManager) Token(ctx context.Context) (token string) {
	s.of(ctx).with(func(b *untyped.Bag) error {
		if c := b.Session().Cookie(); c != nil {
			token = c.Value
		}
		return nil
	})
	return token
}
