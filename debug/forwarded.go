package debug

import (
	"net/http"
	"slices"
	"strings"
)

// Headers by which a proxy, a load balancer or a content network shows. Names
// are compared in small letters, with hyphens for underscores.
var (
	proxyHeaders  = []string{"via", "x-via", "remote-addr", "x-remote-addr", "x-original-host", "x-original-url", "x-rewrite-url"}
	proxyPrefixes = []string{"cdn-", "cf-", "fastly-", "fly-", "akamai-", "x-amzn-", "x-amz-cf-", "x-appengine-", "x-azure-", "x-envoy-", "x-varnish"}
	proxySuffixes = []string{"-ip", "-ipv6", "clientip"} // Client-IP, X-Real-IP, True-Client-IP, X-ProxyUser-Ip, X-ClientIP
)

// isProxyHeader also takes every name that speaks of forwarding: Forwarded,
// X-Forwarded-For, X-Original-Forwarded-For.
func isProxyHeader(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	return strings.Contains(name, "forwarded") ||
		slices.Contains(proxyHeaders, name) ||
		slices.ContainsFunc(proxyPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) ||
		slices.ContainsFunc(proxySuffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// isForwarded tells whether a proxy passed the request on. HTTP/1.0 counts
// too: today it is spoken by proxies that were not told otherwise, and those
// may add no header at all.
func isForwarded(r *http.Request) bool {
	if r.Proto == "HTTP/1.0" {
		return true
	}
	for name := range r.Header {
		if isProxyHeader(name) {
			return true
		}
	}
	return false
}
