package debug

import (
	"context"
	"net/http"
	"time"
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
	Status     string            `json:"status"` // "ok" or "error"
	Kind       string            `json:"kind"`   // "memory", "file", "redis"
	ID         string            `json:"id"`     // its random identity, as cookies carry it
	Address    string            `json:"address,omitempty"`
	Private    bool              `json:"private"`             // only this process sees it
	LatencyMS  float64           `json:"latency_ms"`          // of one round trip, in milliseconds
	Sessions   *Count            `json:"sessions,omitempty"`  // absent when it cannot be counted
	Facts      map[string]string `json:"facts,omitempty"`     // what it says of its own set-up
	Unchecked  map[string]string `json:"unchecked,omitempty"` // what could not be looked up, and why
	AgeSeconds float64           `json:"age_seconds"`         // how old the oldest of it is: what a report has asked of the store serves all that come within 3 seconds
	Error      string            `json:"error,omitempty"`     // why it does not answer
	Help       string            `json:"help,omitempty"`      // what to do about Error
}

// Count is a number of sessions.
type Count struct {
	N     int  `json:"n"`
	Exact bool `json:"exact"` // false: there was no time to count all, N is a part
}

func (h *handler) serveStore(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	report := h.storeReport(ctx, h.look(ctx))
	h.answer(w, r, statusFor(report.Status), "store", report)
}

func statusFor(status string) int {
	if status == StatusError {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

func (h *handler) storeReport(ctx context.Context, s survey) StoreReport {
	store := s.facts.Store
	report := StoreReport{
		Status:     StatusOK,
		Kind:       store.Kind,
		ID:         h.sessions.Diagnostics().StoreID().String(),
		Address:    store.Address,
		Private:    store.Private,
		LatencyMS:  milliseconds(store.Latency),
		Facts:      store.Facts,
		Unchecked:  store.Unchecked,
		AgeSeconds: seconds(s.age),
	}
	if store.Err != nil {
		report.Status, report.LatencyMS = StatusError, 0
		report.Error, report.Help = store.Err.Error(), h.outageFix(s.facts)
		return report
	}
	counted := h.count(ctx)
	report.Sessions, report.AgeSeconds = counted.count, seconds(max(s.age, counted.age))
	return report
}

// milliseconds rounds to microseconds: what is below is noise.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
