package config

import (
	"net/http"
	"slices"
	"strings"
)

// TokenSource is where requests have the token of their session, and answers a
// new one: [TokenCookie], [TokenBearer], or a header of the app's ([TokenHeader]).
type TokenSource string

const (
	// TokenCookie is the session cookie.
	TokenCookie TokenSource = "cookie"

	// TokenBearer is the header Authorization of a request, with the scheme
	// Bearer (RFC 6750, section 2.1), and the header Session-Token of an answer.
	TokenBearer TokenSource = "bearer"
)

const headerSource = "header:"

// TokenHeader is the header of the name, of requests and of answers.
func TokenHeader(name string) TokenSource {
	return TokenSource(headerSource + http.CanonicalHeaderKey(name))
}

// own is the app's own header, as it is written in the setting.
func (s TokenSource) own() (name string, ok bool) { return strings.CutPrefix(string(s), headerSource) }

// Header is the header of a request that has the token, in its canonical form.
func (s TokenSource) Header() string {
	switch name, own := s.own(); {
	case own:
		return http.CanonicalHeaderKey(name)
	case s == TokenBearer:
		return "Authorization"
	}
	return "Cookie"
}

// AnswerHeader is the header of an answer that has a new token, in its canonical
// form.
func (s TokenSource) AnswerHeader() string {
	switch name, own := s.own(); {
	case own:
		return http.CanonicalHeaderKey(name)
	case s == TokenBearer:
		return "Session-Token"
	}
	return "Set-Cookie"
}

// sources is a chain of them, separated by commas. The last that is set counts.
type sources []TokenSource

func (v *sources) String() string {
	words := make([]string, len(*v))
	for i, source := range *v {
		words[i] = string(source)
	}
	return strings.Join(words, ",")
}

func (v *sources) Set(value string) error {
	chain := sources{}
	for word := range strings.SplitSeq(value, ",") {
		word = strings.TrimSpace(word)
		if kind, name, ok := strings.Cut(word, ":"); ok && strings.EqualFold(kind+":", headerSource) {
			chain = append(chain, TokenHeader(strings.TrimSpace(name)))
		} else {
			chain = append(chain, TokenSource(strings.ToLower(word)))
		}
	}
	*v = chain
	return nil
}

// tokenSources checks the chain. A header has to be one that nobody but the
// app's own clients sets: a page of another site must not be able to (Fetch,
// 2.2.2: what is not safelisted takes a preflight), and no proxy does.
func (p *problems) tokenSources() {
	const flag, most = "session-token", 16
	p.add(len(p.cfg.TokenFrom) <= most, flag, "must be %d places or less", most)
	seen := map[string]bool{}
	for _, source := range p.cfg.TokenFrom {
		name, own := source.own()
		switch {
		case !own && source != TokenCookie && source != TokenBearer:
			p.add(false, flag, `must be "cookie", "bearer", "header:" and a name, or several of them by commas: %q is none`, source)
			continue
		case own && name == "":
			p.add(false, flag, `lacks the name of the header: "header:X-Session"`)
			continue
		case own:
			p.tokenHeader(flag, source.Header())
		}
		header := source.Header()
		p.add(!seen[header], flag, "names the header %s twice", header)
		seen[header] = true
	}
}

func (p *problems) tokenHeader(flag, name string) {
	switch {
	case !isToken(name):
		p.add(false, flag, "has %q, which is no name of a header: ASCII letters, digits and - alone", name)
	case strings.Contains(name, "_"):
		p.add(false, flag, "has %q: nginx and other proxies drop headers with an underscore, so take a -", name)
	case name == "Cookie" || name == "Set-Cookie":
		p.add(false, flag, `has the header %s: for the session cookie the word is "cookie"`, name)
	case name == "Authorization":
		p.add(false, flag, `has the header Authorization: for tokens in it the word is "bearer"`)
	case isStandard(name):
		p.add(false, flag, "has the header %s, which browsers, servers or proxies use themselves: take one of the app's own, such as X-Session", name)
	}
}

// isToken reports whether name is a field name (RFC 9110, section 5.1).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

var (
	standardPrefixes = []string{"Accept", "Access-Control-", "Cache-", "Content-", "Cross-Origin-", "If-", "Proxy-", "Sec-", "Www-", "X-Forwarded-"}
	standardHeaders  = []string{"Age", "Allow", "Alt-Svc", "Clear-Site-Data", "Connection", "Date", "Device-Memory", "Dnt", "Downlink", "Dpr", "Ect", "Etag", "Expect", "Expires", "Forwarded", "From", "Host",
		"Http2-Settings", "Keep-Alive", "Last-Event-Id", "Last-Modified", "Link", "Location", "Max-Forwards", "Origin", "Pragma", "Prefer", "Priority", "Purpose", "Range", "Referer",
		"Refresh", "Retry-After", "Rtt", "Save-Data", "Server", "Strict-Transport-Security", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Vary",
		"Via", "Viewport-Width", "Warning", "Width", "X-Moz", "X-Real-Ip", "X-Request-Id"}
)

// isStandard reports whether a header in its canonical form has a meaning
// already, on requests or on answers.
func isStandard(name string) bool {
	return slices.Contains(standardHeaders, name) ||
		slices.ContainsFunc(standardPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
