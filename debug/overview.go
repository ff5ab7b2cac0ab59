package debug

import "net/http"

// Overview answers GET /debug/: all reports in one.
type Overview struct {
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
	session := h.sessionReport(r.Context()) // first, so that what it finds shows in the rejections
	facts := h.facts(ctx)
	store := h.storeReport(ctx, facts)
	h.answer(w, r, http.StatusOK, "overview", Overview{
		Config:  h.configReport(facts),
		Session: session,
		Workers: h.workersReport(ctx, facts),
		Store:   store,
		Redis:   h.redisReport(facts, store),
		Routes:  h.list(),
	})
}
