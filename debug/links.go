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
	seen := r.URL.EscapedPath()
	if uri, err := url.ParseRequestURI(r.RequestURI); err == nil {
		seen = uri.EscapedPath()
	}
	path := strings.TrimSuffix(pathFromRoot(r), "/")
	prefix, ok := strings.CutSuffix(strings.TrimSuffix(seen, "/"), path)
	slash := strings.HasSuffix(seen, "/")
	switch {
	case ok && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "":
		return "/" + strings.TrimLeft(prefix+root, "/") // two slashes would lead to another host
	case path+"/" == root && !slash:
		return strings.TrimPrefix(root, "/")
	case path+"/" != root && slash:
		return "../"
	}
	return "./"
}
