package gorilla

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
	"github.com/gosessionkit/sessionkit/stores"
)

// Store is a [sessions.Store]. It is safe for concurrent use once its fields are
// set, which is before the first request.
type Store struct {
	// Options are those of sessions that choose none of their own. The
	// constructors give them the defaults of the store that they stand for.
	Options *sessions.Options

	// Legacy has the sessions from before: a browser whose cookie is of that
	// store keeps its session. The constructors set it to the store that they
	// stand for, with the same keys; nil for none.
	Legacy sessions.Store

	// LegacyUntil is when Legacy is asked for the last time; zero: for as long
	// as it is set.
	LegacyUntil time.Time

	// Counters are keys whose numbers count up and down by one, so that no step
	// is lost when several requests count at a time, beside keys that say so
	// themselves, such as "count" or "login_attempts".
	Counters []string

	// DebugEndpoints turns on what [Store.Debug] serves, whatever the
	// environment says.
	DebugEndpoints bool

	// Configure changes the configuration after the environment was read. nil:
	// it is taken as it is.
	Configure func(*config.Config)

	zeroDeletes bool          // a MaxAge of 0 deletes, as in stores on a server
	keys        *[][]byte     // hash keys, the first one signs; behind a pointer that fmt does not follow
	redisURL    config.Secret // where there is none in the environment
	dir         string        // the same
	old         *redisStore   // Legacy, where that is ours
	renewOn     map[any]bool  // nil: identifies
	renewals    renewals

	manager *stores.Lazy
	mu      sync.Mutex
	named   map[string]*session.Manager
}

// Format shows nothing of the store, whatever the verb: it holds keys.
func (s *Store) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "gorilla store") }

// open makes the manager from the environment and what the constructor was told.
func (s *Store) open() (*session.Manager, error) {
	cfg, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	if cfg.SecretKey.IsZero() && len(*s.keys) > 0 {
		cfg.SecretKey = config.NewSecret(string((*s.keys)[0]))
	}
	for _, key := range *s.keys {
		if own := config.NewSecret(string(key)); own.Reveal() != cfg.SecretKey.Reveal() {
			cfg.SecretKeyFallbacks = append(cfg.SecretKeyFallbacks, own)
		}
	}
	if cfg.RedisURL.IsZero() && cfg.Dir == "" {
		cfg.RedisURL, cfg.Dir = s.redisURL, s.dir
	}
	cfg.AnonymousLifetime = 0 // nobody here knows who is logged in
	if age := time.Duration(s.options().MaxAge) * time.Second; age > 0 {
		cfg.Lifetime, cfg.IdleTimeout = age, min(cfg.IdleTimeout, age)
	}
	cfg.DebugEndpoints = cfg.DebugEndpoints || s.DebugEndpoints
	if s.Configure != nil {
		s.Configure(&cfg)
	}
	m, err := stores.WithoutSecretKey(context.Background(), cfg, nil, session.WithCodec(untyped.KeepTypes))
	if err == nil && s.old != nil {
		s.old.use(m.Store(), s.redisURL)
	}
	return m, err
}

// Ready opens the store, unless that was done, and says why it cannot be used: for
// apps that want to know at start.
func (s *Store) Ready() error {
	_, err := s.manager.Manager()
	return err
}

// Manager is the kit's own of the sessions of a name, for what gorilla/sessions
// has no word for, such as [session.Manager.DestroyAll].
func (s *Store) Manager(name string) (*session.Manager, error) {
	m, err := s.manager.Manager()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if named := s.named[name]; named != nil {
		return named, nil
	}
	var options []session.Option
	if s.Legacy != nil {
		options = append(options, session.WithPredecessor(s.predecessor(name)))
	}
	named, err := m.Named(name, options...)
	if err != nil {
		return nil, err
	}
	named.Diagnostics().SetFramework("gorilla/sessions")
	s.named[name] = named
	return named, nil
}

// Close closes the store. It may be called twice, and before the first request.
func (s *Store) Close() error { return s.manager.Close() }

// MaxAge sets the MaxAge of sessions that choose none of their own, in seconds.
func (s *Store) MaxAge(age int) {
	s.Options.MaxAge = age
	if legacy, ok := s.Legacy.(interface{ MaxAge(int) }); ok {
		legacy.MaxAge(age)
	}
}

// SetMaxAge is MaxAge.
func (s *Store) SetMaxAge(age int) { s.MaxAge(age) }

// MaxLength and SetMaxLength are of stores whose sessions are encoded as a whole.
// What bounds a session here is --session-max-size, 1 MiB by default; l is for the
// sessions from before.
func (s *Store) MaxLength(l int) {
	if legacy, ok := s.Legacy.(interface{ MaxLength(int) }); ok {
		legacy.MaxLength(l)
	}
}

// SetMaxLength is MaxLength.
func (s *Store) SetMaxLength(l int) { s.MaxLength(l) }

// SetKeyPrefix says under which prefix the sessions from before are. The kit's own
// is --session-prefix.
func (s *Store) SetKeyPrefix(prefix string) {
	if s.old != nil {
		s.old.prefix = prefix
	}
}

// Serializer is what redistore calls SessionSerializer.
type Serializer interface {
	Deserialize(d []byte, ss *sessions.Session) error
	Serialize(ss *sessions.Session) ([]byte, error)
}

// SetSerializer says how the sessions from before were encoded.
func (s *Store) SetSerializer(ss Serializer) {
	if s.old != nil {
		s.old.serializer = ss
	}
}

var _ sessions.Store = (*Store)(nil)

// Get returns the session of the request, the same one each time. It is never nil.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	v, err := s.visit(r, name)
	if v == nil {
		return s.without(name), err
	}
	return sessions.GetRegistry(r).Get(v, name)
}

// New is Get without the registry: what it returns has the values of now, and is
// another object each time.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	v, err := s.visit(r, name)
	if v == nil {
		return s.without(name), err
	}
	return v.New(r, name)
}

// Save saves the session and sets its cookie, each time it is called until the
// headers leave. A MaxAge below 0 ends the session, on every worker.
func (s *Store) Save(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
	if v, ok := ss.Store().(*visit); ok {
		return v.Save(r, w, ss)
	}
	return errForeign
}

// Delete is Save with a MaxAge below 0, as redistore has it.
func (s *Store) Delete(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
	options := *ss.Options
	options.MaxAge = -1
	ss.Options = &options
	err := s.Save(r, w, ss)
	if err == nil {
		clear(ss.Values)
	}
	return err
}

// renewals are what is known of new ids, over all names.
type renewals struct {
	done  atomic.Bool // a login was seen
	grown atomic.Int32

	mu    sync.Mutex
	found *diagnose.Monitor // of the name that has the finding
}
