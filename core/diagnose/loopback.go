package diagnose

import (
	"iter"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/loopback"
)

// Programs on this machine may use the debug endpoints without a token in
// development mode and under go test. The mode "test" alone does not do: it is
// also what a server may be called on which a release is tried out.
func watches(cfg config.Config) bool {
	return cfg.DebugEndpoints && (cfg.Mode == config.Development || cfg.Mode == config.Test && testing.Testing())
}

// Watches reports whether the middleware should show the manager each request,
// with [Monitor.Watch]: in development, while the debug endpoints are on and
// open to this machine. Adapters ask first, so that nobody else pays for it.
func (m *Monitor) Watches() bool { return m.watching && m.elsewhere.Load() == nil }

// Watch looks at where a request comes from: the peer's address, the Host and
// the names of the headers, none of which it keeps. What shows that the app is
// reached from elsewhere closes the debug endpoints to callers without a token
// for the rest of this process's life: a proxy may be in front of it, behind
// which everybody looks like this machine.
func (m *Monitor) Watch(peer, host string, headers iter.Seq[string]) {
	if !m.Watches() {
		return
	}
	sign := loopback.Elsewhere(peer, host, headers)
	if sign != "" && m.elsewhere.CompareAndSwap(nil, &sign) {
		m.log.Info("session: this worker is reached from elsewhere, so its debug endpoints want the token of everybody from now on",
			"because", sign)
	}
}

// OpenToThisMachine reports whether programs on this machine may use the debug
// endpoints without a token. When a request has closed them, sign says by what.
func (m *Monitor) OpenToThisMachine() (open bool, sign string) {
	if seen := m.elsewhere.Load(); seen != nil {
		return false, *seen
	}
	return m.watching, ""
}
