package loopback

import (
	"iter"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Elsewhere says what shows that the app is reached from elsewhere: a peer or
// a Host that is not a loopback one, or a header that proxies add. It is ""
// when nothing does. The text, such as "the request has the header X-Forwarded-For,
// which proxies add", quotes nothing else of the request.
func Elsewhere(peer, host string, headers iter.Seq[string]) (sign string) {
	if !IsPeer(peer) {
		return "the request's peer address is not a loopback one"
	}
	for name := range headers {
		if IsProxyHeader(name) {
			return "the request has the header " + strings.Clone(name[:min(len(name), 64)]) + ", which proxies add"
		}
	}
	if !IsHost(host) {
		return "the request's Host is neither localhost nor a loopback address"
	}
	return ""
}

// IsPeer reports whether the address is that of a program on this machine, as
// a server writes it: an address without a port was not put there by the
// server but by a middleware, which took it from a header.
func IsPeer(remoteAddr string) bool {
	peer, err := netip.ParseAddrPort(remoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// IsHost reports whether a Host header, with or without a port, means this
// machine. It is the defence against DNS rebinding: a page of evil.example,
// whose name was made to lead to 127.0.0.1, still sends "Host: evil.example".
func IsHost(host string) bool {
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

// Headers by which a proxy, a load balancer, a mesh, a tunnel or a content
// network shows. Names are compared in small letters, with hyphens for
// underscores.
var (
	proxyHeaders = []string{
		"via", "x-via", "remote-addr", "x-remote-addr", "x-original-host", "x-original-url", "x-original-uri", "x-rewrite-url",
		"x-scheme", "x-url-scheme", "front-end-https", "x-request-start", "x-queue-start", "surrogate-capability", "proxy-connection",
	}
	proxyPrefixes = []string{
		"akamai-", "cdn-", "cf-", "fastly-", "fly-", "l5d-", "ngrok-", "ssl-client-", "tailscale-", "x-amz-cf-", "x-amzn-", "x-appengine-",
		"x-arr-", "x-azure-", "x-cloud-trace", "x-envoy-", "x-goog-", "x-nf-", "x-varnish", "x-vercel-",
	}
	proxySuffixes = []string{"-ip", "-ipv6", "clientip"} // Client-IP, X-Real-IP, True-Client-IP, X-ProxyUser-Ip, X-ClientIP
)

// IsProxyHeader reports whether proxies add a header of that name, and
// browsers and command lines do not. Every name that speaks of forwarding
// counts: Forwarded, X-Forwarded-For, X-Original-Forwarded-For.
func IsProxyHeader(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	return strings.Contains(name, "forwarded") ||
		slices.Contains(proxyHeaders, name) ||
		slices.ContainsFunc(proxyPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) ||
		slices.ContainsFunc(proxySuffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}
