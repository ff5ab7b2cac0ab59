package debug

import (
	"net/http"
	"net/url"
	"strings"
)

// linkBase is what the links of a page have in front of a report's name: all
// that the browser sees before it, so that a slash at the end which a middleware
// adds or takes away changes nothing. Where that cannot be known, because a
// proxy may have taken a part of the path away, links are relative.
func linkBase(r *http.Request) string {
	prefix, ok := mountedAt(r)
	index := strings.TrimSuffix(pathFromRoot(r), "/")+"/" == root
	slash := strings.HasSuffix(pathSeen(r), "/")
	switch {
	case ok && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "":
		return prefix + root
	case index && !slash:
		return strings.TrimPrefix(root, "/")
	case !index && slash:
		return "../"
	}
	return "./"
}

// mountedAt is what the path has in front of /debug, as far as this server sees
// it. ok reports whether that can be told.
func mountedAt(r *http.Request) (prefix string, ok bool) {
	prefix, ok = strings.CutSuffix(strings.TrimSuffix(pathSeen(r), "/"), strings.TrimSuffix(pathFromRoot(r), "/"))
	if !ok {
		return "", false
	}
	if prefix = strings.TrimLeft(prefix, "/"); prefix != "" { // two slashes would lead to another host
		prefix = "/" + prefix
	}
	return prefix, true
}

// pathSeen is the path that was asked for, before a middleware or
// http.StripPrefix changed it.
func pathSeen(r *http.Request) string {
	if asked, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return asked.EscapedPath()
	}
	return r.URL.EscapedPath()
}

// pathFromRoot is the path from the last /debug on: the handler may be mounted
// somewhere without what is in front being taken away.
func pathFromRoot(r *http.Request) string {
	if i := strings.LastIndex(r.URL.Path+"/", root); i > 0 {
		return r.URL.Path[i:]
	}
	return r.URL.Path
}
