package debug

import (
	"net/http"
	"slices"
	"strings"
)

// Route is an endpoint, as the dashboard and the answer to an unknown path
// list it.
type Route struct {
	Path    string   `json:"path"`    // "/debug/session"
	Methods []string `json:"methods"` // those it answers
	About   string   `json:"about"`   // what it is for
}

type route struct {
	Route
	serve http.HandlerFunc
}

const root = "/debug/"

func (h *handler) table() []route {
	get := []string{http.MethodGet, http.MethodHead}
	change := []string{http.MethodPost, http.MethodDelete}
	return []route{
		{Route{root, get, "all reports on one page"}, h.serveOverview},
		{Route{root + "session", get, "the session of this request, and why it has none"}, h.serveSession},
		{Route{root + "sessions", []string{http.MethodGet, http.MethodHead, http.MethodPost}, "find sessions and end them, with the token alone; POST {\"action\":\"end\"}, end-all or find"}, h.serveSessions},
		{Route{root + "config", get, "findings, settings and where they came from, refused cookies"}, h.serveConfig},
		{Route{root + "workers", get, "the workers that run, and how they differ"}, h.serveWorkers},
		{Route{root + "store", get, "the session store"}, h.serveStore},
		{Route{root + "redis", get, "the Redis server"}, h.serveRedis},
		{Route{root + "checks", get, "what is looked for, and what each finding means"}, h.serveChecks},
		{Route{root + "metrics", get, "metrics for Prometheus"}, h.serveMetrics},
		{Route{root + "probe", change, "count up in this request's session; DELETE or ?action=clear forgets the count, ?action=renew gives the session a new id, ?action=end ends it"}, h.serveProbe},
	}
}

// ServeHTTP implements [http.Handler]. Nothing, not even which paths there
// are, is told to whom the gate does not let in.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	if !h.enter(w, r) {
		return
	}
	if h.gate.origins.Check(r) != nil {
		h.refuseOrigin(w, r)
		return
	}
	// With and without a slash at the end: what a redirect adds, a middleware of
	// the app's may take away.
	path := strings.TrimSuffix(pathFromRoot(r), "/")
	i := slices.IndexFunc(h.routes, func(rt route) bool { return strings.TrimSuffix(rt.Path, "/") == path })
	if i < 0 {
		h.writeJSON(w, http.StatusNotFound, NotFound{"there is no such debug endpoint", h.list()})
		return
	}
	if rt := &h.routes[i]; slices.Contains(rt.Methods, r.Method) {
		rt.serve(w, r)
	} else {
		allow := strings.Join(rt.Methods, ", ")
		w.Header().Set("Allow", allow)
		h.writeJSON(w, http.StatusMethodNotAllowed, Problem{Error: "method not allowed", Fix: "use " + allow})
	}
}

func (h *handler) list() []Route {
	list := make([]Route, len(h.routes))
	for i, rt := range h.routes {
		list[i] = rt.Route
	}
	return list
}

// NotFound answers an unknown path below /debug/, with status 404.
type NotFound struct {
	Error  string  `json:"error"`
	Routes []Route `json:"routes"` // those that there are
}
