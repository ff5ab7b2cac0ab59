package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

const page = "docs/cli.md#"

// obstacle says why an answer to GET /debug/ is no overview, and what to do.
func (c *client) obstacle(a answer) report.Problem {
	if a.err != nil {
		return c.unreachable(a.err)
	}
	p, kit := decode[debug.Problem](a)
	kit = kit && p.Error != ""
	problem := func(id, message, fix string) report.Problem {
		return report.Problem{ID: id, Message: message, Fix: fix, Docs: page + id}
	}
	switch {
	case a.status >= 300 && a.status < 400:
		return problem("redirected", fmt.Sprintf("%s/debug/ sends elsewhere, to %s", c.base, orNothing(a.header.Get("Location"))),
			"give that address if it is the app's; if it is a page to log in, let /debug/ through, or run this on the app's own host with the app's own port; a middleware of the app's that asks who is logged in, and stands before Install, does so too: its log says middleware-order")
	case a.status == http.StatusForbidden && kit && c.token != "":
		return problem("wrong-token", "the app does not accept this token (403)", "set DEBUG_TOKEN to the app's token, or run this with the app's own SECRET_KEY; the app says: "+p.Fix)
	case a.status == http.StatusForbidden && kit:
		return problem("no-token", "the debug endpoints are on and want a token (403)", "set DEBUG_TOKEN to the app's token, or run this with the app's own SECRET_KEY; the app says: "+p.Error)
	case a.status == http.StatusTooManyRequests && kit:
		return problem("wrong-token", "the app has been given too many wrong tokens, and this one is wrong too (429)", "set DEBUG_TOKEN to the app's token; the app says: "+p.Fix)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		return problem("no-access", fmt.Sprintf("something in front of the app refuses /debug/ (%d) before the debug endpoints are asked", a.status),
			"let /debug/ through there, or run this on the app's own host, with the app's own port; a middleware of the app's that asks who is logged in, and stands before Install, does so too: its log says middleware-order")
	case a.status == http.StatusNotFound:
		return problem("debug-off", "the debug endpoints are off (404), or a proxy hides them",
			"start every worker with --debug-endpoints (DEBUG_ENDPOINTS=true), give Install the handler debug.New(sessions), and run this behind the proxy; where the app is below a path give that too")
	case a.status >= 502 && a.status <= 504 && !kit:
		return problem("bad-gateway", fmt.Sprintf("a proxy answers with %d: the app behind it does not", a.status), "start the app, or correct the proxy's address of it; the logs of both say more")
	case a.status >= 500:
		return problem("debug-fails", fmt.Sprintf("/debug/ is answered with %d: %s", a.status, brief(a.body)),
			"a middleware of the app fails before the debug endpoints are reached; its log says why, with the id middleware-order when it asks for the session too early, and in production it tells whoever has the token (DEBUG_TOKEN)")
	}
	return problem("not-sessionkit", fmt.Sprintf("%s/debug/ answers with %d, and not with a report of sessionkit", c.base, a.status),
		"see that the address leads to the app, and that no page of the app catches /debug/")
}

// unreachable says why there was no answer.
func (c *client) unreachable(err error) report.Problem {
	p := report.Problem{ID: "unreachable", Message: fmt.Sprintf("no answer from %s: %s", c.base, why(err)), Fix: "start the app, or give its address", Docs: page + "unreachable"}
	var authority x509.UnknownAuthorityError
	var invalid *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	switch {
	case errors.As(err, &authority), errors.As(err, &invalid):
		p.ID, p.Docs = "certificate", page+"certificate"
		p.Fix = "name the certificate that signed it in SSL_CERT_FILE, or give the host name that it is for"
	case errors.As(err, &header), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		p.ID, p.Docs = "not-tls", page+"not-tls"
		p.Fix = "the port speaks plain http: give the address with http://"
	case strings.Contains(err.Error(), "malformed HTTP"):
		p.ID, p.Docs = "not-http", page+"not-http"
		p.Fix = "the port does not speak http: see that it is the app's, and https:// where it speaks TLS"
	}
	return p
}

// refusedConnection reports whether nothing listens there.
func refusedConnection(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// brief is the beginning of a text of the app's.
func brief(body []byte) string {
	text := strings.Join(strings.Fields(string(body)), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "..."
	}
	return orNothing(text)
}
