package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/gate"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// Session is one visitor's session as one request sees it. It was read once,
// when the request first asked for it; reads after that do no I/O. Changes
// are kept and saved together before the response headers leave.
//
// Values are read and written with the functions [Get], [Set], [Update],
// [Pop] and [SetIfAbsent].
//
// A Session is safe for concurrent use by the goroutines of its request. A
// goroutine that outlives the request may go on reading; what it changes is
// saved by an explicit [Session.Commit].
type Session struct {
	inside
	*content
}

// content is what a Session holds, behind a pointer that fmt does not follow.
type content struct {
	manager  *Manager
	exchange *Exchange
	status   Status

	saving gate.Gate // one commit, renewal or destruction at a time; taken before mu

	mu        sync.Mutex
	end       error // why the session cannot be used any more: ErrDestroyed or ErrGone
	readOnly  error // why it takes no changes: the store's failure (config.OutageAnonymous), or ErrGone (diagnose.ReasonRenewed)
	successor ID    // of a session that was renewed away: see diagnose.ReasonRenewed
	secret    token.SecretID
	id        ID
	base      *driver.Record // as loaded or last saved, never changed but replaced; Revision 0 while nothing is stored
	journal   saver.Journal  // on base
	memos     map[any]*memo
	given     bool // the browser has, or was sent, this id's cookie
	resend    bool // the browser's cookie is good and should be replaced all the same
	former    bool // what the browser sent was of the former name

	rivals *[]ID // live sessions that the request's cookies named beside each other; nil for none; guarded by saving
}

// newSession makes a session and its content in one allocation.
func newSession(x *Exchange, status Status, secret token.SecretID, id ID, base *driver.Record) *Session {
	both := &struct {
		outside Session
		content content
	}{}
	s := &both.outside
	s.content = &both.content
	s.manager, s.exchange, s.status = x.manager, x, status
	s.status.From = x.from()
	s.secret, s.id, s.base = secret, id, base
	return s
}

// ID names the session in the store, in logs and in reports. It is not the
// value of the cookie and cannot be made into it.
func (s *Session) ID() ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id
}

// Status says how the request came to this session, with the reason when a
// cookie was rejected.
func (s *Session) Status() Status { return s.status }

// CookieName is what the cookies were called that counted in this request: the
// configured name, or what it was before it began with __Host-.
func (s *Session) CookieName() string {
	if s.former {
		return s.manager.former.name
	}
	return s.manager.cookie.Name
}

// Exchange is the request that the session was loaded for, for adapters.
func (s *Session) Exchange() *Exchange { return s.exchange }

// User is who is logged in, "" for nobody.
func (s *Session) User() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		return ""
	}
	return s.base.User
}

// Created is when the session began or, when somebody is logged in, the
// moment of the login.
func (s *Session) Created() time.Time { return s.snapshot().Created }

// Deadline is the session's absolute end.
func (s *Session) Deadline() time.Time { return s.snapshot().Deadline }

// Expires is when the session ends unless it is used again before.
func (s *Session) Expires() time.Time { return s.snapshot().Expires }

// Revision counts the saves of the stored record; 0 while nothing is stored.
func (s *Session) Revision() uint64 { return s.snapshot().Revision }

func (s *Session) snapshot() *driver.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// Modified reports whether there are changes that are not saved yet.
func (s *Session) Modified() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modified()
}

func (s *Session) modified() bool {
	return !s.journal.IsEmpty() || s.unsavedLogin()
}

// unsavedLogin: a login in a session that is not stored yet must be, even
// with no values in it.
func (s *Session) unsavedLogin() bool {
	return s.end == nil && s.base.Revision == 0 && s.base.User != ""
}

// Has reports whether there is a value under key. It changes nothing.
func (s *Session) Has(key string) bool {
	_, ok, err := s.lookup(key)
	return ok && err == nil && !reserved(key)
}

// Keys lists the keys that hold a value, sorted.
func (s *Session) Keys() []string { return s.Values().Keys() }

// Values gives all values as they are now, changes included, without the
// kit's own ones.
func (s *Session) Values() Values {
	all := s.all()
	var own []driver.Edit
	for key := range all.All() {
		if reserved(key) {
			own = append(own, driver.Edit{Key: key, Gone: true})
		}
	}
	if own == nil {
		return all
	}
	return all.Merge(false, own)
}

func (s *Session) all() Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		return Values{}
	}
	return s.journal.Merged(s.base)
}

// Delete removes keys. A key that is not there is left alone and changes
// nothing. The error is ErrDestroyed or ErrGone when the session has ended,
// ErrInvalidKey for a key that could not be there; then nothing is removed.
func (s *Session) Delete(keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if err := checkKey(key); err != nil {
			return s.manager.refused(err)
		}
	}
	for _, key := range keys {
		if err := s.remove(key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) remove(key string) error {
	if err := s.writeErr(); err != nil {
		return err
	}
	if _, ok := s.journal.Find(s.base.Values, key); ok {
		s.journal.Record(saver.Change{Kind: saver.DeleteKey, Key: key})
	}
	return nil
}

// Clear removes every key; who is logged in stays so. Clearing an empty
// session changes nothing. The error is ErrDestroyed or ErrGone when the
// session has ended.
func (s *Session) Clear() error {
	empty := s.all().Len() == 0
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	if !empty {
		s.journal.Record(saver.Change{Kind: saver.ClearKeys})
	}
	return nil
}

// SetLifetime moves the absolute end to d after Created, and the cookie's
// with it; 0 goes back to the configured lifetime. An end in the past ends
// the session at the next save. While nobody is logged in
// --session-anonymous-lifetime is the most, where it is set.
func (s *Session) SetLifetime(d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	s.journal.Record(saver.Change{Kind: saver.SetLifetime, Time: d})
	s.resend = true
	return nil
}

// SetPersistent says whether this session's cookie outlives the browser
// ("remember me"), whatever the configuration says for the others.
func (s *Session) SetPersistent(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	s.journal.Record(saver.Change{Kind: saver.SetKey, Key: saver.KeyPersist, Raw: fmt.Sprint(on)})
	s.resend = true
	return nil
}

// Once runs load at the first call with key in this request and returns its
// value again at every later one. Errors are not kept. Calls with one key wait
// for each other.
func (s *Session) Once(key any, load func() (any, error)) (any, error) {
	m := s.memory(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.known {
		v, err := load()
		if err != nil {
			return nil, err
		}
		m.value, m.known = v, true
	}
	return m.value, nil
}

// memo is what Once remembers under a key.
type memo struct {
	mu    sync.Mutex
	known bool
	value any
}

func (s *Session) memory(key any) *memo {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memos == nil {
		s.memos = map[any]*memo{}
	}
	m := s.memos[key]
	if m == nil {
		m = &memo{}
		s.memos[key] = m
	}
	return m
}

// lookup returns the encoded value of key as this request sees it.
func (s *Session) lookup(key string) (raw string, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil {
		return "", false, s.end
	}
	raw, ok = s.journal.Find(s.base.Values, key)
	return raw, ok, nil
}

// set records a new encoded value. The size is checked here already, so that
// the handler that makes the session too large is the one that hears of it.
func (s *Session) set(key, raw string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writeErr(); err != nil {
		return err
	}
	limit := s.manager.cfg.MaxRecordSize
	size := len(key) + len(raw) + len(`{"":}`)
	if size > limit {
		return fmt.Errorf("%w: key %q alone has %d bytes, the limit is %d (--session-max-size)", ErrTooLarge, key, len(raw), limit)
	}
	if s.journal.Crowded(key) {
		return saver.TooManyKeys(len(s.journal.Pending()) + 1)
	}
	s.journal.Record(saver.Change{Kind: saver.SetKey, Key: key, Raw: raw})
	return nil
}

// Reload reads the session again, so that what other requests saved shows.
// Changes of this request that are not saved yet stay on top. The error is
// ErrGone when the session has ended meanwhile, ErrUnavailable when the
// store cannot be reached.
func (s *Session) Reload(ctx context.Context) error {
	if err := s.saving.Enter(ctx); err != nil {
		return err
	}
	defer s.saving.Leave()
	defer s.exchange.wait(s.exchange.clock())
	if end := s.ended(); end != nil {
		return end
	}
	before := s.snapshot()
	if before.Revision == 0 {
		return nil
	}
	r, err := s.manager.guard.Load(ctx, s.ID(), before.Owner().Tag())
	if errors.Is(err, driver.ErrNotFound) {
		s.terminate(ErrGone)
		return ErrGone
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.base = r
	s.mu.Unlock()
	return nil
}

// writeErr is why the session takes no changes, or nil.
func (s *Session) writeErr() error {
	if s.end != nil {
		return s.end
	}
	return s.readOnly
}

func (s *Session) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end
}

// terminate makes every later use of the session answer end.
func (s *Session) terminate(end error) {
	s.mu.Lock()
	gone := event.Event{Kind: event.Gone, Session: s.id, User: s.base.User}
	met := end == ErrGone && s.end == nil
	s.end = end
	s.memos = nil
	s.journal.Drop()
	s.mu.Unlock()
	if met {
		s.manager.tell(s.exchange, gone)
	}
}

func checkKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: it is empty", ErrInvalidKey)
	case len(key) > MaxKeyLength:
		return fmt.Errorf("%w: %q... has %d bytes, the limit is %d (session.MaxKeyLength)", errKeyTooLong, key[:32], len(key), MaxKeyLength)
	case reserved(key):
		return fmt.Errorf("%w: %q begins with \"_\", which is kept for the kit's own values", ErrInvalidKey, key)
	case !utf8.ValidString(key):
		return fmt.Errorf("%w: %q is not UTF-8", ErrInvalidKey, key)
	}
	return nil
}

func reserved(key string) bool { return strings.HasPrefix(key, "_") }
