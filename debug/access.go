package debug

import (
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// gate decides who may see the reports: whoever has the token and, in
// development, whoever asks from this very machine.
type gate struct {
	token      config.Secret
	configured bool // and not derived from the secret key
	pass       pass
	sealer     sealer
	origins    *http.CrossOriginProtection
}

// enter reports whether the request may pass. It answers those that may not,
// and those that bring the token in their address.
//
// A configured token that is presented has to be right, also from this machine:
// how else would one try it out. Where none is, a wrong one, which may be meant
// for the app, spoils nothing.
func (h *handler) enter(w http.ResponseWriter, r *http.Request) bool {
	h.sessions.Diagnostics().Watch(r.RemoteAddr, r.Host, maps.Keys(r.Header))
	token, by := h.presentedToken(r)
	switch {
	case by != byNothing && h.gate.isRight(token):
		if by == byQuery {
			h.gate.pass.give(w, r)
		}
		return by == byHeader
	case by != byNothing && h.gate.configured:
		h.refuseToken(w, r)
		return false
	case h.gate.pass.isHeld(r) && !h.gate.isForeignPage(r):
		return true
	}
	sign := h.elsewhere(r)
	switch {
	case sign == "":
		return true
	case by != byNothing:
		h.refuseToken(w, r)
	default:
		h.refuse(w, r, sign)
	}
	return false
}

// How a token was presented.
type presented int

const (
	byNothing presented = iota
	byHeader
	byQuery
)

// TokenHeader is a header for the debug token, beside Authorization: where the
// sessions of the app have their tokens in that one, a request has room for both.
const TokenHeader = "Debug-Token"

// presentedToken finds the token of a request: the one that every method may
// have in one of two headers, or the one in the address of a GET. What looks like
// a session's token, where the app takes those in Authorization, is meant for the
// app.
func (h *handler) presentedToken(r *http.Request) (token string, by presented) {
	if token := r.Header.Get(TokenHeader); token != "" {
		return token, byHeader
	}
	if token, ok := bearer(r.Header.Get("Authorization")); ok && !h.isSessionToken(token) {
		return token, byHeader
	}
	if token := r.URL.Query().Get("token"); token != "" && r.Method == http.MethodGet {
		return token, byQuery
	}
	return "", byNothing
}

// bearer is the token of an Authorization header (RFC 6750).
func bearer(authorization string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return token, strings.EqualFold(scheme, "Bearer")
}

// knows reports whether an Authorization header has the token.
func (g *gate) knows(authorization string) bool {
	token, ok := bearer(authorization)
	return ok && g.isRight(token)
}

// isSessionToken also takes none at all, with which a client asks for one.
func (h *handler) isSessionToken(text string) bool {
	text = strings.TrimSpace(text)
	return slices.Contains(h.sessions.Config().TokenFrom, config.TokenBearer) && (text == "" || httpsession.IsToken(text))
}

// isRight compares hashes: they have one length, so the time it takes says
// nothing about the token, its length included.
func (g *gate) isRight(token string) bool {
	theirs, ours := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(g.token.Reveal()))
	return subtle.ConstantTimeCompare(theirs[:], ours[:]) == 1
}

// isForeignPage reports whether a page of another origin makes the request,
// other than by a link. It could read the answer where the app allows all
// origins (CORS), which many do in development.
func (g *gate) isForeignPage(r *http.Request) bool {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	if safe && r.Header.Get("Sec-Fetch-Mode") == "navigate" {
		return false
	}
	unsafe := *r // the protection looks at other methods only
	unsafe.Method = http.MethodPost
	return g.origins.Check(&unsafe) != nil
}
