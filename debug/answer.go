package debug

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Problem is an answer that is no report.
type Problem struct {
	Error string `json:"error"`
	Fix   string `json:"fix,omitempty"` // what to do about it
}

// setHeaders keeps every answer out of caches, and out of the hands of other
// sites' pages.
func setHeaders(header http.Header) {
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
}

// refuse does not say which condition failed: a guess at the token learns
// nothing from it.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request) {
	h.log.DebugContext(r.Context(), "debug: refused", "peer", strings.Clone(r.RemoteAddr)) // Fiber uses its strings again
	fix := "send the header Authorization: Bearer <token>, with the token that --debug-token (DEBUG_TOKEN) is set to"
	if !h.gate.tokenOnly {
		fix += "; or ask from this host itself: over a loopback address, as localhost or 127.0.0.1, through no proxy, and from no other site's page"
	}
	h.writeJSON(w, http.StatusForbidden, Problem{
		Error: "forbidden: the debug endpoints need a valid token or, outside production, a local caller",
		Fix:   fix,
	})
}

// answer writes a report: as the page of that name to a browser, as JSON to
// everybody else.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, status int, page string, report any) {
	w.Header().Add("Vary", "Accept")
	if prefersHTML(r) {
		h.writePage(w, status, page, report)
		return
	}
	h.writeJSON(w, status, report)
}

// writeJSON encodes before it writes, so that a failure can still be told.
func (h *handler) writeJSON(w http.ResponseWriter, status int, report any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // commands are to be pasted, and it is never taken for HTML
	if err := enc.Encode(report); err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	h.log.Error("debug: a report could not be written", "error", h.scrub.text(err.Error()))
	http.Error(w, "the report could not be written; the log says why", http.StatusInternalServerError)
}

// problem says what went wrong with a session, and what to do about it.
func (h *handler) problem(err error) Problem {
	p := Problem{Error: h.scrub.text(err.Error())}
	switch {
	case errors.Is(err, session.ErrNoMiddleware):
		h.sessions.ObserveDisorder("/debug/")
		p.Fix = fixOf("middleware-order", h.facts(check.Observed{SessionBeforeSetup: []string{"/debug/"}}))
	case errors.Is(err, session.ErrUnavailable), errors.Is(err, session.ErrClosed):
		p.Fix = "look at /debug/store"
	case errors.Is(err, session.ErrGone):
		p.Fix = "try again: the session ended while this request was running"
	}
	return p
}

// facts are those that need no store.
func (h *handler) facts(observed check.Observed) check.Facts {
	return check.Facts{Config: h.sessions.Config(), Self: h.sessions.Worker(), Observed: observed}
}
