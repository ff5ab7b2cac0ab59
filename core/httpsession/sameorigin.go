package httpsession

import (
	"net/http"

	"github.com/gosessionkit/sessionkit/core/session"
)

// SameOrigin is the middleware p.Handler that lets requests pass whose session
// comes by a token in a header ([session.Incoming.TokenInHeader]): no browser adds
// one by itself, so no other site can send what the app's own client on another
// origin may. Where the cookie decides it refuses as p does, whatever other
// headers there are. nil is http.NewCrossOriginProtection(). It belongs before
// Install:
//
//	http.ListenAndServe(addr, httpsession.SameOrigin(nil, sessions)(httpsession.Install(mux, sessions, nil)))
func SameOrigin(p *http.CrossOriginProtection, sessions *session.Manager) func(http.Handler) http.Handler {
	if p == nil {
		p = http.NewCrossOriginProtection()
	}
	return func(next http.Handler) http.Handler {
		protected := p.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if Incoming(r).TokenInHeader(sessions) {
				next.ServeHTTP(w, r)
				return
			}
			protected.ServeHTTP(w, r)
		})
	}
}
