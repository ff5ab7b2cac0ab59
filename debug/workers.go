package debug

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// WorkersReport answers GET /debug/workers: every live worker, and what
// differs from the one that answers.
type WorkersReport struct {
	Self     string         `json:"self"`     // id of the worker that answers
	Registry bool           `json:"registry"` // whether workers of other processes can be seen in the store
	Summary  WorkersSummary `json:"summary"`
	Workers  []WorkerEntry  `json:"workers"` // the oldest first

	Activity   worker.Activity `json:"activity"`        // the sum of what they tell, as of their last beat
	AgeSeconds float64         `json:"age_seconds"`     // of the list; see StoreReport
	Error      string          `json:"error,omitempty"` // why the others could not be listed, or do not see this one; the status is 200 all the same
	Fix        string          `json:"fix,omitempty"`
}

// WorkersSummary counts what should be one and the same on all workers. More
// than one signing key or store id is why sessions get lost.
type WorkersSummary struct {
	Count       int `json:"count"`    // live workers
	Expected    int `json:"expected"` // the most that any worker's configuration speaks of
	Differing   int `json:"differing"`
	Hosts       int `json:"hosts"`
	SigningKeys int `json:"signing_keys"`
	StoreIDs    int `json:"store_ids"`
	Configs     int `json:"configs"`
	Versions    int `json:"versions"`
}

// WorkerEntry is one worker, seen from the one that answers.
type WorkerEntry struct {
	Worker
	Self            bool     `json:"self"`
	Differs         []string `json:"differs"`       // what is not as it is here: see the Differs constants
	AcceptedHere    bool     `json:"accepted_here"` // this worker accepts cookies that the other signs
	AcceptsOurs     bool     `json:"accepts_ours"`  // the other accepts cookies that this one signs
	Keys            []string `json:"keys"`          // fingerprints: the signing key, then the fallbacks
	StoreID         string   `json:"store_id"`
	Config          string   `json:"config"` // fingerprint of the settings that all workers should share
	Prefork         bool     `json:"prefork,omitempty"`
	SkewMS          int64    `json:"skew_ms"`           // how far its clock is ahead of the store's, in milliseconds
	LastBeatSeconds *float64 `json:"last_beat_seconds"` // since it announced itself; null when it has not yet

	Activity *worker.Activity  `json:"activity"`           // what its sessions have done since it started; null where it does not count
	Findings map[string]string `json:"findings,omitempty"` // its own errors and warnings: the severity, by the check's id
}

func (h *handler) serveWorkers(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	h.answer(w, r, http.StatusOK, "workers", h.workersReport(h.look(ctx)))
}

func (h *handler) workersReport(s survey) WorkersReport {
	self, facts := h.sessions.Diagnostics().Worker(), s.facts
	self.Activity = h.sessions.Diagnostics().Activity()
	self.Findings = map[string]string{}
	for _, f := range s.findings {
		if f.Severity != check.Info {
			self.Findings[f.ID] = string(f.Severity)
		}
	}
	registry := keepsWorkers(h.sessions.Store())
	report := WorkersReport{Self: self.ID, Registry: registry, AgeSeconds: seconds(s.age)}
	infos, err := slices.Clone(s.announced), s.workersErr // other reports have the same list
	if beat := h.sessions.Diagnostics().BeatError(); err == nil && beat != nil {
		err, facts.Store.Err = fmt.Errorf("this worker could not announce itself: %w", beat), beat
	}
	if err != nil {
		report.Error, report.Fix = h.scrub.text(err.Error()), h.workersFix(facts)
	}
	own := false
	for i, info := range infos {
		beat := sinceBeat(info, self)
		if info.ID == self.ID { // what it announced of itself may be older than what it knows
			own, infos[i] = true, self
		}
		entry := compare(infos[i], self)
		if registry {
			entry.LastBeatSeconds = &beat
			if !entry.Self {
				entry.UptimeSeconds += int64(beat)
			}
		}
		report.Workers = append(report.Workers, entry)
	}
	if !own {
		infos = append(infos, self)
		report.Workers = append(report.Workers, compare(self, self))
	}
	report.Summary = summarize(infos, report.Workers)
	var all []*worker.Activity
	for _, info := range infos {
		all = append(all, info.Activity)
	}
	report.Activity = worker.Sum(all...)
	return report
}

// workersFix tells a store that fails from one that only refuses the list.
func (h *handler) workersFix(facts check.Facts) string {
	return cmp.Or(h.outageFix(facts), h.fixOf("store-unchecked", facts))
}

// keepsWorkers reports whether workers of several processes see each other in
// the store.
func keepsWorkers(store driver.Store) bool {
	_, registry := store.(driver.Registry)
	d, ok := store.(driver.Describer)
	return registry && !(ok && d.Describe().Private)
}

func summarize(infos []worker.Info, entries []WorkerEntry) WorkersSummary {
	distinct := func(of func(worker.Info) string) int {
		seen := map[string]bool{}
		for _, info := range infos {
			seen[of(info)] = true
		}
		return len(seen)
	}
	s := WorkersSummary{
		Count:       len(infos),
		Hosts:       distinct(func(w worker.Info) string { return w.Host }),
		SigningKeys: distinct(signingKey),
		StoreIDs:    distinct(func(w worker.Info) string { return w.StoreID }),
		Configs:     distinct(func(w worker.Info) string { return w.Config }),
		Versions:    distinct(func(w worker.Info) string { return w.Version }),
	}
	for i, info := range infos {
		s.Expected = max(s.Expected, info.Workers)
		if len(entries[i].Differs) > 0 {
			s.Differing++
		}
	}
	return s
}
