package debug

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// prefersHTML reports whether the client would rather have a page than JSON:
// browsers name text/html, command lines take anything. "?format=json" and
// "?format=html" overrule the header, for links.
func prefersHTML(r *http.Request) bool {
	switch r.URL.Query().Get("format") {
	case "json":
		return false
	case "html":
		return true
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return quality(accept, "text/html") > quality(accept, "application/json")
}

// quality is what an Accept header gives a media type, 0 to 1: the most
// specific of the ranges that match decides (RFC 9110, 12.5.1).
func quality(accept, mediaType string) float64 {
	family, _, _ := strings.Cut(mediaType, "/")
	best, q := 0, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		specific := map[string]int{"*/*": 1, family + "/*": 2, mediaType: 3}[name]
		if specific <= best {
			continue
		}
		best, q = specific, 1
		if text, ok := params["q"]; ok {
			q, _ = strconv.ParseFloat(text, 64)
		}
	}
	return q
}
