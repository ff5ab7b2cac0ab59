package debug

import "net/http"

// Overview answers GET /debug/: all reports in one.
type Overview struct {
	Verdict Verdict       `json:"verdict"`
	Config  ConfigReport  `json:"config"`
	Session SessionReport `json:"session"`
	Workers WorkersReport `json:"workers"`
	Store   StoreReport   `json:"store"`
	Redis   RedisReport   `json:"redis"`
	Routes  []Route       `json:"routes"`
}

func (h *handler) serveOverview(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	h.surveys.begin()                       // while the session is read
	session := h.sessionReport(r.Context()) // before the look, so that what it finds shows in the rejections
	seen := h.look(ctx)
	store := h.storeReport(ctx, seen)
	config, workers := h.configReport(seen), h.workersReport(seen)
	h.answer(w, r, http.StatusOK, "overview", overviewPage{Charts: h.charts(workers), Overview: Overview{
		Verdict: verdict(config.Findings, workers, store),
		Config:  config,
		Session: session,
		Workers: workers,
		Store:   store,
		Redis:   h.redisReport(seen.facts, store),
		Routes:  h.list(),
	}})
}
