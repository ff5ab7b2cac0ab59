package auth

import (
	"net/netip"

	"github.com/gosessionkit/sessionkit/core/session"
)

// What a session keeps of the browser is personal data, and nothing is kept unless the
// login has an option for it: Label, IP or Network, LastUsed. It goes with the session,
// at its end or at the next login.

// IP has [Sessions] tell from which address the login came. addr is what the router
// says of it, so that the app decides which proxies are believed:
//
//	auth.IP(r.RemoteAddr)  // net/http, chi: with its port, which is left out
//	auth.IP(c.RealIP())    // Echo, by its IPExtractor: set one, v4 without one believes anybody
//	auth.IP(c.ClientIP())  // Gin, by SetTrustedProxies: call it, Gin without it believes anybody
//	auth.IP(c.IP())        // Fiber, by its ProxyHeader and trusted proxies
//
// What is no address, such as that of a Unix socket, is not kept, and no error.
// [Network] keeps less.
func IP(addr string) LoginOption {
	return func(l *session.Login) { l.From = network(addr, 32, 128) }
}

// Network is [IP] for the network that the address is of: the first 24 bits, for IPv6
// the first 48. That names a provider and a region, rather than a household.
func Network(addr string) LoginOption {
	return func(l *session.Login) { l.From = network(addr, 24, 48) }
}

// network is the zero Prefix for what is no address.
func network(addr string, bits4, bits6 int) netip.Prefix {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		withPort, err := netip.ParseAddrPort(addr)
		if err != nil {
			return netip.Prefix{}
		}
		ip = withPort.Addr()
	}
	bits := bits6
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		bits = bits4
	}
	prefix, _ := ip.Prefix(bits)
	return prefix
}

// LastUsed has [Sessions] tell when the session was last used: within a tenth of its
// idle timeout, and within ten minutes. For that a request which only reads saves the
// session once in so long, where it would have touched it. [session.WithoutTouch] marks
// a request that is no use.
func LastUsed() LoginOption {
	return func(l *session.Login) { l.LastUsed = true }
}
