package session

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gosessionkit/sessionkit/core/check"
)

// observations are what requests show of the set-up. A request that shows
// nothing new costs an atomic load, and no lock.
type observations struct {
	secureOverHTTP atomic.Bool
	untrustedProto atomic.Bool
	duplicates     atomic.Uint64

	mu       sync.Mutex
	disorder []string
}

// maxDisorder bounds how many places are kept, and maxWhere the bytes of each.
const (
	maxDisorder = 16
	maxWhere    = 200
)

// raise sets a flag that stays up, and tells whether it was down.
func raise(flag *atomic.Bool) bool {
	return !flag.Load() && !flag.Swap(true)
}

// ObserveDisorder notes that a handler asked for the session before the
// middleware had run, which is an error of the app's set-up. Adapters call it
// where they can notice. where is the route, such as "GET /private": the
// pattern and not the path, because 16 are kept.
func (m *Manager) ObserveDisorder(where string) {
	if m.seen.addDisorder(where) {
		m.noticed("middleware-order")
	}
}

// addDisorder keeps a place, and tells whether it is a new one.
func (o *observations) addDisorder(where string) bool {
	if len(where) > maxWhere {
		where = strings.ToValidUTF8(where[:maxWhere], "")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.disorder) >= maxDisorder || slices.Contains(o.disorder, where) {
		return false
	}
	o.disorder = append(o.disorder, strings.Clone(where)) // fasthttp reuses the memory of strings
	return true
}

// observeCookie notes a Secure cookie on the answer to a request over plain
// http, which browsers drop.
func (m *Manager) observeCookie(in Incoming) {
	if m.cookie.secureFor(in) && !m.cookie.encrypted(in) && raise(&m.seen.secureOverHTTP) {
		m.noticed("cookie-secure-http")
	}
}

// observeDuplicates notes a request with several cookies of the name.
func (m *Manager) observeDuplicates() {
	if m.seen.duplicates.Add(1) == 1 {
		m.noticed("cookie-duplicates")
	}
}

// observed is what the rules look at.
func (o *observations) observed() check.Observed {
	o.mu.Lock()
	defer o.mu.Unlock()
	return check.Observed{
		SecureOverHTTP:     o.secureOverHTTP.Load(),
		UntrustedProto:     o.untrustedProto.Load(),
		DuplicateCookies:   o.duplicates.Load(),
		SessionBeforeSetup: slices.Clone(o.disorder),
	}
}

// noticed logs what requests have just shown, without asking the store.
func (m *Manager) noticed(id string) {
	for _, finding := range check.Run(check.Facts{Config: m.cfg, Self: m.Worker(), Observed: m.seen.observed()}) {
		if finding.ID == id {
			m.logFinding(finding)
		}
	}
}
