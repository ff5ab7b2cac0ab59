package httpsession

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// MountDebug returns mux with the debug endpoints at /debug and below it, with
// and without a slash at the end. What mux's own patterns name below it
// (/debug/pprof/) goes on as before. With a nil handler it returns mux: the
// paths are unknown ones like any other.
func MountDebug(mux *http.ServeMux, debug http.Handler) http.Handler {
	if debug == nil {
		return mux
	}
	// Not mux.Handle: ServeMux panics when "/debug/" meets a pattern such as
	// "GET /" of which neither is the more specific.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if IsDebugPath(r.URL.Path) && !names(mux, r) {
			debug.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// names reports whether a pattern of mux's, with whatever method, names the
// path.
func names(mux *http.ServeMux, r *http.Request) bool {
	try := *r
	return slices.ContainsFunc([]string{r.Method, "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, func(method string) bool {
		try.Method = method
		_, pattern := mux.Handler(&try)
		_, path, _ := strings.Cut(pattern, "/") // behind a method and a host
		return NamesDebug("/" + path)
	})
}

// IsDebugPath reports whether a path is one of the debug endpoints, known or
// unknown. /debug/pprof and /debug/vars are not: they belong to net/http/pprof
// and expvar, wherever an app has them. It is for adapters.
func IsDebugPath(path string) bool {
	rest, ok := strings.CutPrefix(path, "/debug")
	if !ok || rest != "" && rest[0] != '/' {
		return false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return name != "pprof" && name != "vars"
}

// NamesDebug reports whether an app's own pattern names something below /debug,
// as "/debug/mail/{id}" does and "/debug/{page}", "/debug/*" and "/*" do not.
// Such a route goes before the debug endpoints. It is for adapters.
func NamesDebug(pattern string) bool {
	rest, ok := strings.CutPrefix(pattern, "/debug/")
	return ok && rest != "" && !strings.ContainsRune("*:{+", rune(rest[0]))
}

// ServeDebug has debug answer as if it were mounted at the root, whatever is in
// front of /debug: path is what comes from there on. It is for adapters.
func ServeDebug(w http.ResponseWriter, r *http.Request, debug http.Handler, path string) {
	if r.URL.Path != path {
		at := *r
		at.URL = &url.URL{}
		*at.URL = *r.URL
		at.URL.Path, at.URL.RawPath = path, ""
		r = &at
	}
	debug.ServeHTTP(w, r)
}
