package session

import (
	"net/http"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// CrossSite reports whether a page of another site makes a request that changes
// something, by its method and its header Sec-Fetch-Site. A link is none: its
// method is GET. It is for adapters.
func CrossSite(method, fetchSite string) bool {
	return fetchSite == "cross-site" && method != http.MethodGet && method != http.MethodHead
}

// passing reports whether the session is not kept. A POST that comes back from
// another site (of a payment, of SAML) brings no cookie with SameSite, though
// the visitor may well have one: what it puts into its new session must not
// replace the visitor's own. A login is kept, for SAML's answer comes that way.
func (s *Session) passing() bool {
	return s.exchange.cross && s.status.Cookies == 0 && s.base.Revision == 0 && s.base.User == "" &&
		s.manager.cfg.Cookie.SameSite != config.SameSiteNone
}

// keepForRequest has the rest of the request see what is not kept.
func (s *Session) keepForRequest(p *saver.Proposal) {
	s.manager.monitor.CrossSite()
	next, err := s.manager.saver.Merge(p.Base, []*saver.Proposal{p})
	if p.Err == nil {
		p.Err = err
	}
	if p.Saved = next; next == nil {
		p.Saved = p.Base
	}
}
