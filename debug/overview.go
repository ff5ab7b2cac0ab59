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
	ctx := r.Context()
	session := h.sessionReport(ctx) // first, so that what it finds shows in the rejections
	facts := h.sessions.Facts(ctx)
	store := h.storeReport(ctx, facts)
	h.answer(w, r, http.StatusOK, "overview", Overview{
		Config:  h.configReport(facts),
		Session: session,
		Workers: h.workersReport(ctx),
		Store:   store,
		Redis:   h.redisReport(facts, store),
		Routes:  h.list(),
	})
}
