package debug

import (
	"crypto/subtle"
	"log/slog"
	"net/http"
)

// admit reports whether the request has shown the token, by a header or by the
// cookie that stands for it, as is always needed to see or end other people's
// sessions, also in development on this machine. It answers those that have not.
// form is what forms of the page have to send back, "" for who needs none: no page
// can send a header with the token unless it knows the token.
func (h *handler) admit(w http.ResponseWriter, r *http.Request) (form string, ok bool) {
	if token, by := h.presentedToken(r); by == byHeader && h.gate.isRight(token) {
		return "", true
	}
	if pass := h.gate.pass.held(r); pass != "" && !h.gate.isForeignPage(r) {
		return h.gate.pass.formToken(pass), true
	}
	h.log.LogAttrs(r.Context(), slog.LevelDebug, "debug: refused to show sessions, without the token", peer(r))
	h.answer(w, r, http.StatusForbidden, "problem", Problem{
		Error: "forbidden: other people's sessions are shown and ended with the token alone, also on this machine",
		Fix:   h.presentFix(),
	})
	return "", false
}

// checkForm refuses a POST of a browser whose form is not from a page of ours.
func checkForm(want, got string) error {
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1 {
		return nil
	}
	return answered{http.StatusForbidden, Problem{
		Error: "forbidden: the form is not from this page, or the page was opened with an earlier token",
		Fix:   "open the page again and send its form; a program sends the token in a header and needs no form",
	}}
}

// answered is a problem that has a status of its own.
type answered struct {
	status int
	Problem
}

func (a answered) Error() string { return a.Problem.Error }

// HTTPStatus is the answer's.
func (a answered) HTTPStatus() int { return a.status }
