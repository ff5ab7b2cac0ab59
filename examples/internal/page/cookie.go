package page

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// cookie is what the page says about the session cookie that came with the
// request, beside what is true of the worker that looks at it.
type cookie struct {
	Name    string
	State   session.State
	Status  string
	Meaning string
	Fix     string // "" when there is nothing to mend
	Key     origin // fingerprint of the key that signed it
	Store   origin // of the store it was made on
	Session string // "" while nothing is stored
	Expires time.Time
}

// origin is where a cookie comes from, and what this worker would sign or
// store it with.
type origin struct {
	Theirs string // "" when there is no cookie, or it does not say
	Ours   string
}

func newCookie(sessions *session.Manager, s *session.Session) cookie {
	status := s.Status()
	c := cookie{
		Name:    s.CookieName(),
		State:   status.State,
		Status:  status.String(),
		Meaning: "the cookie led to a stored session",
		Key:     origin{Ours: sessions.Diagnostics().Fingerprints()[0].String()},
		Store:   origin{Ours: sessions.Diagnostics().StoreID().String()},
	}
	if status.State != session.StateLoaded {
		meaning, fix := sessions.Diagnostics().ExplainToken(status.From, status.Reason, status.Store)
		c.Meaning = meaning
		if status.State == session.StateRejected {
			c.Fix = fix
		}
	}
	if status.Key != (config.Fingerprint{}) {
		c.Key.Theirs, c.Store.Theirs = status.Key.String(), status.Store.String()
	}
	if s.Revision() > 0 {
		c.Session = s.ID().Short()
		c.Expires = s.Expires().UTC()
	}
	return c
}
