package scs

import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
)

// Session is SessionManager, as scs called it once.
//
// Deprecated: use SessionManager.
type Session = SessionManager

// SessionManager holds the settings of the sessions. It is safe for concurrent use
// once they are set, which is before the first request.
type SessionManager struct {
	// IdleTimeout ends a session that was not used for this long. Default 0: off.
	IdleTimeout time.Duration

	// Lifetime is how long a session lasts at most. Default 24 hours.
	Lifetime time.Duration

	// Store has the sessions from before, of scs itself: a browser whose cookie
	// is of that store keeps its session. New sessions are not in it.
	Store Store

	// Cookie holds the settings of the session cookie, which are looked at for
	// each answer but for the Name.
	Cookie SessionCookie

	// Codec decodes the sessions from before. Default GobCodec.
	Codec Codec

	// ErrorFunc answers a request whose session cannot be loaded or saved.
	// Nothing of the handler's answer has left. By default it logs the error and
	// answers 500, or 503 while the store cannot be reached.
	ErrorFunc func(http.ResponseWriter, *http.Request, error)

	// HashTokenInStore says whether the sessions from before are under hashes of
	// their tokens. The kit's own always are.
	HashTokenInStore bool

	// UserKey is the key whose value says who is logged in, as the kit is to know
	// it: for the debug pages, auth.User and the end of all of a user's sessions.
	// A Put under it gives the session a new id. Default "": the kit does not know.
	UserKey string

	// Counters are keys whose numbers count up and down by one, so that no step
	// is lost when several requests count at a time, beside keys that say so
	// themselves, such as "count" or "login_attempts".
	Counters []string

	// DebugEndpoints has LoadAndSave serve the debug endpoints below /debug/, as
	// the environment (DEBUG_ENDPOINTS) can too.
	DebugEndpoints bool

	// StoreUntil is when Store is asked for the last time; zero: as long as it is
	// set.
	StoreUntil time.Time

	// Configure changes the configuration after the environment and the fields
	// above were read. nil: it is taken as it is.
	Configure func(*config.Config)

	manager   *stores.Lazy
	debugging sync.Once
	debug     http.Handler // nil for none
	key       *contextKey
}

type contextKey struct{ _ byte }

// SessionCookie holds the settings of the session cookie.
type SessionCookie struct {
	Name        string        // default "session"
	Domain      string        // default "": this host only
	HttpOnly    bool          // default true
	Path        string        // default "/"
	SameSite    http.SameSite // default Lax
	Secure      bool          // default false
	Partitioned bool          // default false
	Persist     bool          // whether it outlives the browser; default true. See RememberMe
}

// New returns a manager with the default settings. It opens nothing.
func New() *SessionManager {
	s := &SessionManager{
		Lifetime:  24 * time.Hour,
		Codec:     GobCodec{},
		ErrorFunc: defaultErrorFunc,
		Cookie: SessionCookie{
			Name:     "session",
			HttpOnly: true,
			Path:     "/",
			SameSite: http.SameSiteLaxMode,
			Persist:  true,
		},
		key: new(contextKey),
	}
	s.manager = stores.NewLazy(s.open)
	return s
}

// NewSession is New, as scs called it once.
//
// Deprecated: use New.
func NewSession() *SessionManager { return New() }

// Manager is the kit's own, for what scs has no word for, such as the end of all
// sessions of a user. It opens the store, unless that was done, and says why it
// cannot be used.
func (s *SessionManager) Manager() (*session.Manager, error) { return s.manager.Manager() }

// Close closes the store. It may be called twice, and before the first request.
func (s *SessionManager) Close() error { return s.manager.Close() }

// open makes the manager from the environment and the fields.
func (s *SessionManager) open() (*session.Manager, error) {
	cfg, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	cfg.Lifetime = s.Lifetime
	cfg.IdleTimeout = min(s.IdleTimeout, s.Lifetime)
	cfg.AnonymousLifetime = 0 // where there is no UserKey all are nobody's
	cfg.Cookie.Name, cfg.Cookie.Domain, cfg.Cookie.Path = s.Cookie.Name, s.Cookie.Domain, s.Cookie.Path
	cfg.Cookie.UntilClosed, cfg.Cookie.Partitioned = !s.Cookie.Persist, s.Cookie.Partitioned
	if s.Cookie.Secure {
		cfg.Cookie.Secure = config.SecureAlways
	}
	switch s.Cookie.SameSite {
	case http.SameSiteStrictMode:
		cfg.Cookie.SameSite = config.SameSiteStrict
	case http.SameSiteNoneMode:
		cfg.Cookie.SameSite = config.SameSiteNone
	default:
		cfg.Cookie.SameSite = config.SameSiteLax
	}
	cfg.DebugEndpoints = cfg.DebugEndpoints || s.DebugEndpoints
	if s.Configure != nil {
		s.Configure(&cfg)
	}
	options := []session.Option{session.WithCodec(untyped.KeepTypes)}
	if s.Store != nil {
		options = append(options, session.WithPredecessor(s.predecessor()))
	}
	m, err := stores.WithoutSecretKey(context.Background(), cfg, nil, options...)
	if err != nil {
		return nil, err
	}
	m.Diagnostics().SetFramework("scs")
	if s.Store != nil && cfg.Mode != config.Test {
		slog.Info("scs: new sessions are in the kit's store, and those from before are read from the Store of the SessionManager",
			"store", m.Store().(driver.Describer).Describe().Kind, "from_before", typeName(s.Store))
	}
	return m, nil
}

// Debug returns the debug endpoints, to be mounted at /debug/ and /debug, where
// LoadAndSave is not around everything. They answer 404 unless DebugEndpoints or
// the environment turns them on.
func (s *SessionManager) Debug() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, err := s.Manager()
		switch {
		case err != nil:
			s.fail(w, r, err)
		case s.debugHandler(m) == nil:
			http.NotFound(w, r)
		default:
			s.debug.ServeHTTP(w, r)
		}
	})
}

func (s *SessionManager) debugHandler(m *session.Manager) http.Handler {
	s.debugging.Do(func() {
		if h := debug.New(m); h != nil {
			s.debug = middleware(m)(h)
		}
	})
	return s.debug
}

func (s *SessionManager) fail(w http.ResponseWriter, r *http.Request, err error) {
	if s.ErrorFunc != nil {
		s.ErrorFunc(w, r, err)
		return
	}
	defaultErrorFunc(w, r, err)
}

func defaultErrorFunc(w http.ResponseWriter, _ *http.Request, err error) {
	log.Output(2, err.Error())
	status := session.HTTPStatus(err)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, session.StatusText(status), status)
}
