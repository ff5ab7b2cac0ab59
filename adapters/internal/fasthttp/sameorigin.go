package fasthttpsession

import (
	"net/http"
	"net/url"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/session"
)

// headerDecides reports whether it is a header that has the token of m's session.
func headerDecides(h *fasthttp.RequestHeader, m *session.Manager) bool {
	var in session.Incoming
	names := in.TokenHeaders(m)
	if names == nil {
		return false
	}
	in.Header = copied(h, append(names, fasthttp.HeaderCookie))
	in.Cookies = in.Header[fasthttp.HeaderCookie]
	return in.TokenInHeader(m)
}

// SameOrigin asks p about the request, unless its token is in a header of one of
// the sessions. The status is 0 when it may pass.
func SameOrigin(rc *fasthttp.RequestCtx, p *http.CrossOriginProtection, sessions []*session.Manager) (status int, text string) {
	h := &rc.Request.Header
	for _, m := range sessions {
		if headerDecides(h, m) {
			return 0, ""
		}
	}
	r := &http.Request{Method: string(h.Method()), Host: string(h.Host()), Header: http.Header{}}
	for _, name := range []string{fetchSite, fasthttp.HeaderOrigin} {
		if value := h.Peek(name); len(value) > 0 {
			r.Header.Set(name, string(value))
		}
	}
	var err error
	if r.URL, err = url.ParseRequestURI(string(h.RequestURI())); err != nil {
		return http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	if err := p.Check(r); err != nil {
		return http.StatusForbidden, err.Error()
	}
	return 0, ""
}
