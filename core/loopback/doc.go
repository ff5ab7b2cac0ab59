// Package loopback tells requests that a program on this machine makes to this
// machine from those that come from elsewhere or are passed on by a proxy.
//
//	if sign := loopback.Elsewhere(r.RemoteAddr, r.Host, maps.Keys(r.Header)); sign != "" {
//		http.Error(w, "not from this machine: "+sign, http.StatusForbidden)
//	}
//
// None of it is proof: a proxy on this machine that adds no header and changes
// the Host looks like a local program. Package debug says what it makes of it.
package loopback
