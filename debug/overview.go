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
	h.surveys.begin()                       // while the session is read
	session := h.sessionReport(r.Context()) // before the look, so that what it finds shows in the rejections
	seen := h.look(ctx)
	store := h.storeReport(ctx, seen)
	h.answer(w, r, http.StatusOK, "overview", Overview{
		Config:  h.configReport(seen),
		Session: session,
		Workers: h.workersReport(seen),
		Store:   store,
		Redis:   h.redisReport(seen.facts, store),
		Routes:  h.list(),
	})
}
