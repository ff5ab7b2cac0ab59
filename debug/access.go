package debug

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
)

// gate decides who may see the reports: whoever has the token and, outside
// production, whoever asks from this very host.
type gate struct {
	token     [sha256.Size]byte // hash of the token
	hasToken  bool
	tokenOnly bool
	origins   *http.CrossOriginProtection
}

func newGate(cfg config.Config) gate {
	token := strings.TrimSpace(cfg.DebugToken.Reveal())
	return gate{
		token:     sha256.Sum256([]byte(token)),
		hasToken:  token != "",
		tokenOnly: cfg.Mode == config.Production,
		origins:   http.NewCrossOriginProtection(),
	}
}

// admits lets in who has the token and, unless it is wanted of everybody, who
// is local. Where one is configured, a token that is presented has to be right,
// also from here: how else would one try it out. Where none is, a presented one
// opens nothing and spoils nothing.
func (g *gate) admits(r *http.Request) bool {
	if g.hasToken && presentsToken(r) {
		return g.knowsToken(r)
	}
	return !g.tokenOnly && g.isLocal(r)
}

func presentsToken(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// knowsToken compares hashes: they have one length, so the time it takes says
// nothing about the token, its length included.
func (g *gate) knowsToken(r *http.Request) bool {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1
}

// isLocal tells whether the request comes from a program on this host that
// means this host: not through a proxy, not by way of a name that somebody
// else's DNS points here, and not out of another site's page.
func (g *gate) isLocal(r *http.Request) bool {
	return isLoopbackPeer(r.RemoteAddr) && !isForwarded(r) && isLoopbackHost(r.Host) && !g.isForeignPage(r)
}

// isLoopbackPeer wants the port too: an address without one was not put there
// by the server but by a middleware, which took it from a header.
func isLoopbackPeer(remoteAddr string) bool {
	peer, err := netip.ParseAddrPort(remoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// isLoopbackHost is the defence against DNS rebinding: a page of
// evil.example, whose name was made to lead to 127.0.0.1, still sends
// "Host: evil.example".
func isLoopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// isForeignPage tells whether a page of another origin makes the request,
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
