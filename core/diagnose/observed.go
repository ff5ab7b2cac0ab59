package diagnose

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/tally"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// observations are what requests show of the set-up.
type observations struct {
	secureOverHTTP recent
	tokenOverHTTP  recent
	untrustedProto recent
	duplicates     recent
	anotherApp     recent
	crossSite      recent

	mu       sync.Mutex
	disorder []string
	replaced []string
	kept     []string
	renewal  string           // what to do where nothing is renewed
	line     tally.LogLimiter // of those that are known already
}

// maxPlaces bounds how many places are kept, and maxWhere the bytes of each.
const (
	maxPlaces = 16
	maxWhere  = 200
)

// ReportMissingMiddleware notes that a handler asked for the session before the
// middleware had run, which is an error of the app's set-up; the function
// [ReportMissingMiddleware] tells every monitor of the process. where is the
// route, such as "GET /private": the pattern and not the path, because 16 are
// kept.
func (m *Monitor) ReportMissingMiddleware(where string) {
	m.observePlace("middleware-order", &m.seen.disorder, where)
}

// observePlace keeps where something is wrong. The log has each place once,
// with the finding, and what comes after that at most once a minute.
func (m *Monitor) observePlace(id string, places *[]string, where string) {
	same, due := m.seen.line.Due(m.now())
	if m.seen.addPlace(places, where) {
		m.noticed(id)
	} else if due {
		m.log.Error("session: asked for again where it is not", "id", id, "route", where, "same_not_logged", same)
	}
}

// addPlace reports whether it is a new one.
func (o *observations) addPlace(places *[]string, where string) bool {
	if len(where) > maxWhere {
		where = strings.ToValidUTF8(where[:maxWhere], "")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(*places) >= maxPlaces || slices.Contains(*places, where) {
		return false
	}
	*places = append(*places, strings.Clone(where)) // fasthttp reuses the memory of strings
	return true
}

// ReportKeptByCache notes that a cache of the app's kept a page for which the
// session was asked. where is the route, of which 16 are kept. It is for adapters.
func (m *Monitor) ReportKeptByCache(where string) {
	if m.seen.addPlace(&m.seen.kept, where) {
		m.noticed("cache-keeps-sessions")
	}
}

// SecureOverHTTP notes a Secure cookie on the answer to a request over plain
// http, which browsers drop.
func (m *Monitor) SecureOverHTTP() { m.observe(&m.seen.secureOverHTTP, "cookie-secure-http") }

// TokenOverHTTP notes a token in a header of an answer over plain http.
func (m *Monitor) TokenOverHTTP() {
	if m.cfg.Mode == config.Production {
		m.observe(&m.seen.tokenOverHTTP, "token-over-http")
	}
}

// UntrustedProto notes a proxy's word that is not to be trusted.
func (m *Monitor) UntrustedProto() { m.observe(&m.seen.untrustedProto, "proxy-not-trusted") }

// DuplicateCookies notes a request with several cookies of the session's name.
func (m *Monitor) DuplicateCookies() { m.observe(&m.seen.duplicates, "cookie-duplicates") }

// CrossSite notes a session that was not kept, as it began with another site's
// page.
func (m *Monitor) CrossSite() { m.observe(&m.seen.crossSite, "session-cross-site") }

// ReportNeverRenewed notes that logins seem to give no session a new id, and what
// the app is to do about it. It is for adapters with an API that has no login;
// with "" they take it back.
func (m *Monitor) ReportNeverRenewed(fix string) {
	m.seen.mu.Lock()
	changed := m.seen.renewal != fix
	m.seen.renewal = fix
	m.seen.mu.Unlock()
	if changed && fix != "" {
		m.noticed("session-not-renewed")
	}
}

// observe adds one. The log has the first, and the one that makes a
// warning of them.
func (m *Monitor) observe(s *recent, id string) {
	if n := s.add(m.now()); n == 1 || n == check.WarnAfter {
		m.noticed(id)
	}
}

// observed is what the rules look at.
func (o *observations) observed(now time.Time) check.Observed {
	o.mu.Lock()
	defer o.mu.Unlock()
	return check.Observed{
		SecureOverHTTP:     o.secureOverHTTP.since(now),
		TokenOverHTTP:      o.tokenOverHTTP.since(now),
		UntrustedProto:     o.untrustedProto.since(now),
		DuplicateCookies:   o.duplicates.since(now),
		AnotherApp:         o.anotherApp.since(now),
		CrossSite:          o.crossSite.since(now),
		SessionBeforeSetup: slices.Clone(o.disorder),
		ContextReplaced:    slices.Clone(o.replaced),
		KeptByCache:        slices.Clone(o.kept),
		NeverRenewed:       o.renewal,
	}
}

// noticed logs what requests have just shown, without asking the store.
func (m *Monitor) noticed(id string) {
	for _, finding := range check.Run(check.Facts{Config: m.cfg, Self: m.Worker(), Observed: m.seen.observed(m.now())}) {
		if finding.ID == id {
			m.logFinding(finding)
		}
	}
}
