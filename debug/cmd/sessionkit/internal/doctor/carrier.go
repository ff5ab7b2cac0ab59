package doctor

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug"
)

// carrier is how the trial's requests bring what leads to its session: a cookie,
// as browsers do, or a token in a header where the app takes no cookies.
type carrier struct {
	from  config.TokenSource
	apart bool // Authorization is for sessions, so the debug token goes elsewhere
}

// carrierOf reads the setting of a worker, which an earlier version does not have.
func carrierOf(w *seen) carrier {
	var chain []config.TokenSource
	for word := range strings.SplitSeq(w.setting("session-token"), ",") {
		chain = append(chain, config.TokenSource(word))
	}
	c := carrier{from: config.TokenCookie, apart: slices.Contains(chain, config.TokenBearer)}
	if chain[0] != "" && !slices.Contains(chain, config.TokenCookie) {
		c.from = chain[0]
	}
	return c
}

func (c carrier) inHeader() bool { return c.from != config.TokenCookie && c.from != "" }

// present puts the debug token and what leads to the session into a request.
func (c carrier) present(req *http.Request, debugToken, held string) {
	switch {
	case debugToken == "":
	case c.apart:
		req.Header.Set(debug.TokenHeader, debugToken)
	default:
		req.Header.Set("Authorization", "Bearer "+debugToken)
	}
	switch {
	case held == "":
	case c.from == config.TokenBearer:
		req.Header.Set("Authorization", "Bearer "+held)
	case c.inHeader():
		req.Header.Set(c.from.Header(), held)
	default:
		req.Header.Set("Cookie", held)
	}
}

// kind is what texts call it.
func (c carrier) kind() string {
	if c.inHeader() {
		return "token"
	}
	return "cookie"
}

// lost says that the header of an answer, or of a request, is removed on the way.
func (c carrier) lost(header string) (id, fix string) {
	id, fix = c.kind()+"-lost", "have it pass "+header+" on"
	if header == "Set-Cookie" {
		fix += ": for nginx look for proxy_hide_header, proxy_ignore_headers and proxy_cache"
	}
	return id, fix
}
