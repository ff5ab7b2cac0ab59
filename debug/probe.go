package debug

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ProbeKey is the session key that the probe counts under.
const ProbeKey = "debug.probe"

// ProbeReport answers POST and DELETE /debug/probe. However many workers
// answer, and however many requests come at once: as long as the session
// holds, no N comes twice and none is left out.
type ProbeReport struct {
	Action    string `json:"action"` // "count", "clear", "renew" or "end"
	PID       int    `json:"pid"`    // of the worker that answered
	Worker    string `json:"worker"` // its id
	Host      string `json:"host"`
	Status    string `json:"status"`     // how the request came to its session: "loaded", "new", "rejected: ..."
	Session   string `json:"session"`    // first characters of its id; "" while nothing is stored
	Revision  uint64 `json:"revision"`   // of the stored session
	CookieSet bool   `json:"cookie_set"` // the answer sets the session cookie
	N         int64  `json:"n"`          // the count in the session now; 0 when it was cleared or has ended
}

// serveProbe writes through the very session of its caller, so that a tool can
// try a deployment out without knowing a single route of the app.
func (h *handler) serveProbe(w http.ResponseWriter, r *http.Request) {
	action, ok := probeAction(w, r)
	if !ok {
		h.writeJSON(w, http.StatusBadRequest, Problem{
			Error: "no such action",
			Fix:   `POST without one counts up; ?action=clear, {"action":"clear"} or DELETE forgets the count; ?action=renew gives a session that holds nothing else a new id, ?action=end ends it`,
		})
		return
	}
	s, err := h.sessions.From(r.Context())
	if err != nil {
		h.writeJSON(w, session.HTTPStatus(err), h.problem(err))
		return
	}
	info := h.sessions.Diagnostics().Worker()
	report := ProbeReport{Action: action, PID: info.PID, Worker: info.ID, Host: info.Host, Status: s.Status().String()}
	if err := h.act(r.Context(), s, &report); err != nil {
		h.writeJSON(w, session.HTTPStatus(err), h.problem(err))
		return
	}
	if report.Session != "" {
		report.CookieSet = action == "renew" || h.givesCookie(s.Status())
	}
	h.answer(w, r, http.StatusOK, "probe", report)
}

func (h *handler) act(ctx context.Context, s *session.Session, report *ProbeReport) (err error) {
	switch report.Action {
	case "end":
		return h.endProbe(ctx, s)
	case "renew":
		if err = h.onlyProbed(ctx, s); err == nil {
			err = s.Renew(ctx)
		}
	case "clear":
		if err = s.Delete(ProbeKey); err == nil {
			err = s.Commit(ctx)
		}
	default:
		report.N, err = session.Update(s, ProbeKey, func(n int64) (int64, error) { return n + 1, nil })
	}
	if report.Revision = s.Revision(); report.Revision > 0 {
		report.Session = s.ID().Short()
	}
	return err
}

// probeAction reads what is to be done from the method, the query, a form or a
// JSON object.
func probeAction(w http.ResponseWriter, r *http.Request) (action string, ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	action = r.URL.Query().Get("action")
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method == http.MethodDelete:
		action = "clear"
	case action == "" && kind == "application/json":
		var body struct{ Action string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			return "", false
		}
		action = body.Action
	case action == "":
		action = r.PostFormValue("action")
	}
	switch action {
	case "", "count":
		return "count", true
	case "clear", "renew", "end":
		return strings.Clone(action), true
	}
	return "", false
}

// refusal is why a session is not ended.
type refusal string

func (e refusal) Error() string   { return "debug: " + string(e) }
func (e refusal) HTTPStatus() int { return http.StatusConflict }

// endProbe logs a trial out, also one whose count was cleared, and nobody else.
func (h *handler) endProbe(ctx context.Context, s *session.Session) error {
	if err := h.onlyProbed(ctx, s); err != nil {
		return err
	}
	return s.Destroy(ctx)
}

// onlyProbed is an error unless the session is a trial's own. It looks at the
// record itself, which also has what the kit keeps for the app. A login that
// comes in between is safe, because it moves the session to a new id.
func (h *handler) onlyProbed(ctx context.Context, s *session.Session) error {
	const none = refusal("this request has no stored session to end or to renew")
	if s.Revision() == 0 {
		return none
	}
	bounded, cancel := context.WithTimeout(ctx, h.sessions.Config().Timeout)
	defer cancel()
	record, err := h.sessions.Store().Load(bounded, s.ID())
	switch {
	case errors.Is(err, driver.ErrNotFound):
		return none
	case err != nil:
		return fmt.Errorf("%w: %w", session.ErrUnavailable, err)
	case record.User != "":
		return refusal("somebody is logged in, and the probe ends and renews only a session that holds nothing but its own count")
	case slices.ContainsFunc(record.Values.Keys(), func(key string) bool { return key != ProbeKey }):
		return refusal("the session holds more than the probe's count, and the probe ends and renews no other")
	}
	return nil
}

// givesCookie reports whether the answer sets the cookie of a stored session:
// the browser has none that leads to it, or one that is out of date.
func (h *handler) givesCookie(status session.Status) bool {
	return status.State != session.StateLoaded ||
		status.Key != h.sessions.Diagnostics().Fingerprints()[0] || status.Store != h.sessions.Diagnostics().StoreID()
}
