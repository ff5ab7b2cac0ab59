package fasthttpsession

import (
	"net/http"
	"net/url"

	"github.com/valyala/fasthttp"
)

// SameOrigin asks p about the request. The status is 0 when it may pass.
func SameOrigin(rc *fasthttp.RequestCtx, p *http.CrossOriginProtection) (status int, text string) {
	h := &rc.Request.Header
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
