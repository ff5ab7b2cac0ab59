package debug

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/session"
)

// MaxSessions is how many sessions a report tells of, at most.
const MaxSessions = 100

// The actions of a POST to /debug/sessions.
const (
	ActionFind   = "find"    // the sessions of User, those whose id begins with Session, or that of Cookie
	ActionEnd    = "end"     // the one session that Ref names, or Session, among those of User where that is given
	ActionEndAll = "end-all" // all sessions of User
)

// SessionsRequest is what a POST to /debug/sessions asks for, as JSON or as a form
// with the same names. A GET has user, session or ref in its query, and finds.
type SessionsRequest struct {
	Action  string `json:"action"`
	User    string `json:"user,omitempty"`    // the id that the app gave to auth.Login
	Session string `json:"session,omitempty"` // the beginning of an id, 4 characters or more, as the log and audit lines have it
	Ref     string `json:"ref,omitempty"`     // of a StoredSession
	Cookie  string `json:"cookie,omitempty"`  // a visitor's: its value, name=value or a whole Cookie header; in the body alone
	CSRF    string `json:"csrf,omitempty"`    // of the page; for browsers, which have no header with the token
}

// SessionsReport answers a GET of /debug/sessions, and a POST with [ActionFind].
type SessionsReport struct {
	Worker   Worker          `json:"worker"`
	Store    StoreTag        `json:"store"`
	User     string          `json:"user,omitempty"`    // whose sessions were asked for
	Session  string          `json:"session,omitempty"` // what was asked for begins so: 8 characters at most
	Cookie   *PastedCookie   `json:"cookie,omitempty"`
	Sessions []StoredSession `json:"sessions"` // never null; the latest first
	More     bool            `json:"more"`     // there are others, which are not told: MaxSessions is the most
	Looked   int             `json:"looked"`   // at so many sessions: at all in the store for the beginning of an id without a user
	Early    bool            `json:"early"`    // there was no time to look at all, and there may be others
}

// PastedCookie is what the cookie says and where it leads to. It is shown nowhere.
type PastedCookie struct {
	Cookie
	Status  string `json:"status"` // "loaded", or "rejected: " and the reason, as a request with it would have
	Reason  string `json:"reason,omitempty"`
	Meaning string `json:"meaning,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

// StoredSession is a session as the store has it.
type StoredSession struct {
	ID       string           `json:"id"`  // its first characters, as in the log
	Ref      string           `json:"ref"` // names it to /debug/sessions on every worker with the same token, and to nobody else
	User     string           `json:"user,omitempty"`
	Label    string           `json:"label,omitempty"`    // of the login
	From     string           `json:"from,omitempty"`     // the address of the login, or its network, where the app keeps it (auth.IP, auth.Network)
	Created  time.Time        `json:"created"`            // the login's time when somebody is logged in
	LastUse  *time.Time       `json:"last_use,omitempty"` // or up to a tenth of the idle time later; absent where neither an idle time nor auth.LastUsed tells
	Expires  time.Time        `json:"expires"`            // its end unless it is used again before
	Deadline time.Time        `json:"deadline"`
	Revision uint64           `json:"revision"`         // how often it was saved
	Bytes    int              `json:"bytes,omitempty"`  // of its values, where one session is told
	Values   map[string]Value `json:"values,omitempty"` // by key, where one session is told
}

// SessionsEnded answers a POST to /debug/sessions with [ActionEnd] or
// [ActionEndAll].
type SessionsEnded struct {
	Worker     Worker    `json:"worker"`
	Action     string    `json:"action"`
	User       string    `json:"user,omitempty"`
	Session    string    `json:"session,omitempty"` // first characters of its id
	Ended      int       `json:"ended"`             // how many were removed; of a user those that the index of users had lost end too, and are not counted
	At         time.Time `json:"at"`                // from then on no request is accepted with any of them
	Everywhere bool      `json:"everywhere"`        // on every worker; false where the store is this process's own
}

func (h *handler) serveSessions(w http.ResponseWriter, r *http.Request) {
	form, ok := h.admit(w, r)
	if !ok {
		return
	}
	asked, err := sessionsRequest(w, r, form)
	if err == nil && (asked.Action == ActionEnd || asked.Action == ActionEndAll) {
		var ended SessionsEnded
		if ended, err = h.end(r, asked); err == nil {
			h.answer(w, r, http.StatusOK, "ended", ended)
			return
		}
	}
	report := h.emptyReport(asked)
	if err == nil {
		err = h.findFor(r.Context(), asked, &report)
	}
	h.answerFound(w, r, form, report, err)
}

// sessionsPage is a report as its page has it.
type sessionsPage struct {
	SessionsReport
	Problem *Problem // nil for none
	CSRF    string   // for its forms
}

func (h *handler) answerFound(w http.ResponseWriter, r *http.Request, form string, report SessionsReport, err error) {
	status, problem := http.StatusOK, (*Problem)(nil)
	if err != nil {
		p, s := h.sessionsProblem(err)
		status, problem = s, &p
	}
	w.Header().Add("Vary", "Accept")
	switch {
	case prefersHTML(r):
		h.writePage(w, r, status, "sessions", sessionsPage{report, problem, form})
	case problem != nil:
		h.writeJSON(w, status, problem)
	default:
		h.writeJSON(w, status, report)
	}
}

func (h *handler) sessionsProblem(err error) (p Problem, status int) {
	if own, ok := errors.AsType[answered](err); ok {
		return own.Problem, own.status
	}
	p, status = h.problem(err), session.HTTPStatus(err)
	switch {
	case errors.Is(err, session.ErrNoUserIndex):
		status, p.Fix = http.StatusNotImplemented, "find the session by its id or its cookie: in this store nobody can tell whose it is without looking at all of them"
	case errors.Is(err, session.ErrNoListing):
		status, p.Fix = http.StatusNotImplemented, "give the user too, or the cookie: this store cannot go through its sessions"
	}
	return p, status
}

func (h *handler) emptyReport(asked SessionsRequest) SessionsReport {
	info := h.sessions.Diagnostics().Worker()
	return SessionsReport{
		Worker: describeWorker(info), Store: StoreTag{info.Store, info.StoreID},
		User: asked.User, Session: shortened(asked.Session), Sessions: []StoredSession{},
	}
}

// shortened is no more of an id than the log has.
func shortened(id string) string {
	const short = 8
	return id[:min(len(id), short)]
}

// findFor looks for what was asked for, and tells when it is nothing.
func (h *handler) findFor(ctx context.Context, asked SessionsRequest, report *SessionsReport) error {
	if asked.User+asked.Session+asked.Ref+asked.Cookie == "" {
		return nil
	}
	entries, err := h.find(ctx, asked, report)
	if err != nil {
		return err
	}
	for _, e := range entries {
		report.Sessions = append(report.Sessions, h.stored(e, len(entries) == 1))
	}
	return nil
}
