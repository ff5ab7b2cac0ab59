package debug

import (
	"context"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/session"
)

// StatusNotLoaded is the status of a session that could not be loaded, for the
// reason beside it. The answer's own status is 200 all the same.
const StatusNotLoaded = "not loaded"

// SessionReport answers GET /debug/session: which worker this is, and what it
// makes of the session cookie that came with this request.
type SessionReport struct {
	Worker        Worker   `json:"worker"`
	Store         StoreTag `json:"store"`
	Session       *Session `json:"session"`       // never null
	Cookie        *Cookie  `json:"cookie"`        // null without the session middleware
	Authenticated bool     `json:"authenticated"` // false, and User null, also when the session could not be loaded
	User          *string  `json:"user"`          // the app's id of who is logged in, null for nobody
	Error         string   `json:"error,omitempty"`
}

// StoreTag names a store.
type StoreTag struct {
	Kind string `json:"kind"` // "memory", "file", "redis"
	ID   string `json:"id"`   // its random identity, as cookies carry it
}

// Session is how this request stands to its session.
type Session struct {
	Status   string           `json:"status"`            // "loaded", "new", "rejected: " and the reason; StatusNotLoaded or "outage" with an Error
	Reason   string           `json:"reason,omitempty"`  // why there was no session to load: one of diagnose.Reason, or of this package's
	Meaning  string           `json:"meaning,omitempty"` // of the reason
	Fix      string           `json:"fix,omitempty"`     // of the reason
	ID       string           `json:"id,omitempty"`      // its first characters, as in the log; "" while nothing is stored
	Created  *time.Time       `json:"created,omitempty"` // the login's time when somebody is logged in
	Expires  *time.Time       `json:"expires,omitempty"` // its end unless it is used again before
	Deadline *time.Time       `json:"deadline,omitempty"`
	Revision uint64           `json:"revision"` // how often it was saved; 0 while nothing is stored
	Values   map[string]Value `json:"values"`   // by key
}

// Cookie compares what the cookie, or the token in a header, says of its origin
// with what this worker has. Both parts are public: a fingerprint and a random
// number.
type Cookie struct {
	From     string   `json:"from"`            // where the token was looked for: "cookie", "bearer" or "header:X-Session"
	Name     string   `json:"name"`            // of the session cookie; the former one, without __Host-, when only that came
	Count    int      `json:"count"`           // how many of the name, or tokens in the header, came; more than one is worth a look
	Key      string   `json:"key,omitempty"`   // fingerprint of the key that signed it; "" when it was not readable
	OurKeys  []string `json:"our_keys"`        // of this worker: the one that signs, then the fallbacks
	Store    string   `json:"store,omitempty"` // the store that it was made on; "" when it was not readable
	OurStore string   `json:"our_store"`
}

func (h *handler) serveSession(w http.ResponseWriter, r *http.Request) {
	h.answer(w, r, http.StatusOK, "session", h.sessionReport(r.Context()))
}

// sessionReport reads the session as any handler would, and changes nothing.
func (h *handler) sessionReport(ctx context.Context) SessionReport {
	info := h.sessions.Diagnostics().Worker()
	report := SessionReport{
		Worker: describeWorker(info),
		Store:  StoreTag{info.Store, info.StoreID},
	}
	s, err := h.sessions.From(session.WithoutTouch(ctx)) // the page asks again by itself
	switch {
	case err != nil:
		h.notLoaded(ctx, &report, StatusNotLoaded, err)
	case s.Status().State == session.StateOutage:
		h.notLoaded(ctx, &report, s.Status().String(), session.ErrUnavailable)
	default:
		report.Session = h.session(s)
		report.Cookie = h.cookie(s.Status(), info)
		report.Cookie.Name = s.CookieName()
		if user := s.User(); user != "" {
			report.Authenticated, report.User = true, &user
		}
	}
	return report
}

// notLoaded tells what can be told without the session: the cookie says by
// itself where it comes from.
func (h *handler) notLoaded(ctx context.Context, report *SessionReport, status string, err error) {
	p := h.problem(err)
	report.Error = p.Error
	report.Session = &Session{Status: status, Reason: p.Reason, Meaning: p.Meaning, Fix: p.Fix, Values: map[string]Value{}}
	x, _ := ctx.Value(session.ContextKey).(*session.Exchange)
	if cookie, err := x.CookieStatus(h.sessions); err == nil {
		report.Cookie = h.cookie(cookie, h.sessions.Diagnostics().Worker())
	}
}

func (h *handler) session(s *session.Session) *Session {
	status := s.Status()
	meaning, fix := h.sessions.Diagnostics().ExplainToken(status.From, status.Reason, status.Store)
	report := &Session{
		Status:   status.String(),
		Reason:   string(status.Reason),
		Meaning:  meaning,
		Fix:      fix,
		Revision: s.Revision(),
		Values:   h.values(s.Values()),
	}
	if report.Revision > 0 { // before that it is neither stored nor has it an end that counts
		report.ID = s.ID().Short()
		report.Created, report.Expires, report.Deadline = moment(s.Created()), moment(s.Expires()), moment(s.Deadline())
	}
	return report
}

func (h *handler) cookie(status session.Status, self worker.Info) *Cookie {
	c := &Cookie{
		From:     string(status.From),
		Name:     h.sessions.Config().Cookie.Name,
		Count:    status.Cookies,
		OurKeys:  self.Keys,
		OurStore: self.StoreID,
	}
	if status.Key != (config.Fingerprint{}) {
		c.Key, c.Store = status.Key.String(), status.Store.String()
	}
	return c
}

func moment(t time.Time) *time.Time {
	t = t.UTC()
	return &t
}
