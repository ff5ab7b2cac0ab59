package debug

import (
	"context"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/session"
)

// The states of a store. "ok" and "not_configured" are answered with status
// 200, "error" with 503, so that a monitor need not read the report.
const (
	StatusOK            = "ok"
	StatusError         = "error"
	StatusNotConfigured = "not_configured" // of Redis: sessions are kept elsewhere
)

// StoreReport answers GET /debug/store, whatever kind of store it is.
type StoreReport struct {
	Status    string            `json:"status"` // "ok" or "error"
	Kind      string            `json:"kind"`   // "memory", "file", "redis"
	ID        string            `json:"id"`     // its random identity, as cookies carry it
	Address   string            `json:"address,omitempty"`
	Private   bool              `json:"private"`             // only this process sees it
	LatencyMS float64           `json:"latency_ms"`          // of one round trip, in milliseconds
	Sessions  *Count            `json:"sessions,omitempty"`  // absent when it cannot be counted
	Facts     map[string]string `json:"facts,omitempty"`     // what it says of its own set-up
	Unchecked map[string]string `json:"unchecked,omitempty"` // what could not be looked up, and why
	Error     string            `json:"error,omitempty"`     // why it does not answer
	Help      string            `json:"help,omitempty"`      // what to do about Error
}

// Count is a number of sessions.
type Count struct {
	N     int  `json:"n"`
	Exact bool `json:"exact"` // false: there was no time to count all, N is a part
}

func (h *handler) serveStore(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	report := h.storeReport(ctx, h.facts(ctx))
	h.answer(w, r, statusFor(report.Status), "store", report)
}

func statusFor(status string) int {
	if status == StatusError {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

func (h *handler) storeReport(ctx context.Context, facts check.Facts) StoreReport {
	store := facts.Store
	report := StoreReport{
		Status:    StatusOK,
		Kind:      store.Kind,
		ID:        h.sessions.Origin().String(),
		Address:   store.Address,
		Private:   store.Private,
		LatencyMS: milliseconds(store.Latency),
		Facts:     store.Facts,
		Unchecked: store.Unchecked,
	}
	if store.Err != nil {
		report.Status, report.LatencyMS = StatusError, 0
		report.Error, report.Help = store.Err.Error(), h.outageFix(facts)
		return report
	}
	report.Sessions = h.count(ctx)
	return report
}

// count takes no longer than the option allows: the reports of a store with
// millions of sessions come as fast as others.
func (h *handler) count(ctx context.Context) *Count {
	lister, ok := h.sessions.Store().(session.Lister)
	if !ok || h.countTimeout <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.countTimeout)
	defer cancel()
	n, exact, err := lister.Count(ctx)
	if err != nil {
		h.log.Warn("debug: the sessions could not be counted", "error", h.scrub.text(err.Error()))
		return nil
	}
	return &Count{n, exact}
}

// milliseconds rounds to microseconds: what is below is noise.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
