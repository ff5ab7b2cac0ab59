package debug

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"

	"github.com/gosessionkit/sessionkit/core/loopback"
)

// elsewhere says why the request does not get in without the token, "" when it
// does: when, in development mode, it comes from a program on this machine that
// means this machine. Not through a proxy, not by way of a name that somebody
// else's DNS points here, and not out of another site's page.
func (h *handler) elsewhere(r *http.Request) (why string) {
	open, seen := h.sessions.Diagnostics().OpenToThisMachine()
	if !open && seen == "" {
		return fmt.Sprintf("in %s mode everybody needs it", h.sessions.Config().Mode)
	}
	if sign := cmp.Or(loopback.Elsewhere(r.RemoteAddr, r.Host, maps.Keys(r.Header)), h.gate.otherwiseForwarded(r)); sign != "" {
		return sign
	}
	if seen != "" {
		return "this worker is reached from elsewhere, which an earlier request has shown: " + seen
	}
	return otherUser(r)
}

// otherwiseForwarded looks for what shows of this request alone that somebody
// else has made it. HTTP/1.0 is spoken by proxies that were not told otherwise,
// which may add no header at all.
func (g *gate) otherwiseForwarded(r *http.Request) string {
	switch {
	case r.Proto == "HTTP/1.0":
		return "the request speaks HTTP/1.0, as proxies do"
	case isPageElsewhere(r.Header.Get("Origin")):
		return "the request's Origin is neither localhost nor a loopback address"
	case isPageElsewhere(r.Header.Get("Referer")):
		return "the request's Referer is neither on localhost nor on a loopback address"
	case g.isForeignPage(r):
		return "a page of another origin makes the request"
	}
	return ""
}

// isPageElsewhere also takes what is no address of a page, such as the Origin
// "null" of a sandbox.
func isPageElsewhere(address string) bool {
	if address == "" {
		return false
	}
	page, err := url.Parse(address)
	return err != nil || !loopback.IsHost(page.Host)
}

// otherUser looks at whose program is at the other end of the connection:
// proxies run as users of their own. A request without our end of one was made
// by no server, but by a test that calls the handler itself.
func otherUser(r *http.Request) string {
	local := localAddr(r.Context())
	if local == nil {
		return ""
	}
	uid, owner := ownerOf(r.RemoteAddr, local)
	switch owner {
	case ownerOther:
		return fmt.Sprintf("the connection belongs to a program of another user (uid %d), as that of a proxy does", uid)
	case ownerUnknown:
		return "the system does not say whose program the connection belongs to"
	case ownerUnasked:
		return "this worker has too many open files to ask whose program the connection belongs to: raise the limit of open files (ulimit -n)"
	}
	return ""
}

// localAddr is what net/http tells of our end of a connection, or fasthttp's own
// context, which the handler gets behind Fiber's adaptor.
func localAddr(ctx context.Context) net.Addr {
	if local, ok := ctx.Value(http.LocalAddrContextKey).(net.Addr); ok {
		return local
	}
	if conn, ok := ctx.(interface{ LocalAddr() net.Addr }); ok {
		return conn.LocalAddr()
	}
	return nil
}

// owner is what is known of the user whose program is at the other end of a
// connection.
type owner int

const (
	ownerUs owner = iota // or there is no telling on this system
	ownerOther
	ownerUnknown
	ownerUnasked // no file descriptor is left to ask with
)
