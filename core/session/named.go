package session

import (
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
	"github.com/gosessionkit/sessionkit/core/internal/tally"
)

// Named returns a manager of the sessions behind another cookie name, for an app
// in which a visitor has several: on m's store, with m's keys, settings, codec and
// log, which options may change. It beats, examines and closes nothing by itself,
// so it costs no more than its memory, and does no I/O. It serves until m is
// closed. Its tokens are in the cookie, also where those of m may be in a header,
// unless [WithTokenFrom] gives it one of its own, as it has to where m takes no
// cookies. A user's sessions of one name and of another are two users' in lists and
// logouts. The error says what is wrong with the name, or with that.
func (m *Manager) Named(cookieName string, options ...Option) (*Manager, error) {
	cfg := m.cfg
	cfg.Cookie.Name = cookieName
	if m.sources.takeCookie() {
		cfg.TokenFrom = nil
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	named := &Manager{manager: &manager{
		cfg:     cfg,
		store:   m.store,
		guard:   m.guard,
		codec:   m.codec,
		log:     m.log,
		now:     m.now,
		secret:  m.secret,
		cookie:  cookie.New(cfg),
		limited: tally.New(limitNames()...),
		parent:  m,

		observers: m.observers,
	}}
	for _, option := range options {
		option(named)
	}
	if err := named.setSources(); err != nil {
		return nil, err
	}
	if err := named.deriveKeys(append([]config.Secret{m.secret}, cfg.SecretKeyFallbacks...)); err != nil {
		return nil, err
	}
	named.setUpSaver()
	named.monitor = m.monitor.Named(named.watched(tally.New(guard.Operations...)))
	named.announcePredecessors()
	return named, nil
}
