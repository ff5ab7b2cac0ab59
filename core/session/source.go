package session

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
)

// sources are the places where requests may have the session's token. The
// first that a request has something in decides, whether the token is any good or
// not: a request with two tokens is that of one session, and which one does not
// depend on who else is logged in. The answer has a new token in the same place.
//
// A client that keeps tokens in a header and has none yet sends the header
// empty. The answer to a request with nothing in any place goes into the cookie,
// for browsers cannot ask for it; where the cookie is none of the places, into the
// first.
type sources struct {
	list  []source // the cookie first, whether it counts or not
	order []int    // of those that count
	none  int      // for an answer to a request with nothing in any place
	names []string // of the headers; nil where the cookie alone counts
	vary  string   // all that an answer depends on then
}

// source is one of them. A request has the index in its exchange; 0 is the cookie.
type source struct {
	config.TokenSource
	header string // of requests
}

func newSources(chain []config.TokenSource) sources {
	all := sources{list: []source{{TokenSource: config.TokenCookie}}}
	for _, from := range chain {
		if from == config.TokenCookie {
			all.order = append(all.order, 0)
			continue
		}
		all.order = append(all.order, len(all.list))
		all.list = append(all.list, source{from, from.Header()})
		all.names = append(all.names, from.Header())
	}
	if !slices.Contains(all.order, 0) {
		all.none = all.order[0]
	}
	if all.names = slices.Clip(all.names); all.names == nil { // adapters have it
		return all
	}
	all.vary = strings.Join(all.names, ", ")
	if all.takeCookie() {
		all.vary += ", Cookie"
	}
	return all
}

// takeCookie reports whether the cookie is one of them.
func (all *sources) takeCookie() bool { return slices.Contains(all.order, 0) }

// choose returns which source decides in a request, and the lines of its header.
func (m *Manager) choose(in Incoming) (i int, lines []string) {
	for _, i := range m.sources.order {
		if i == 0 {
			if hasCookie(in.Cookies, m.cookie.Name) || m.former.name != "" && hasCookie(in.Cookies, m.former.name) {
				return 0, in.Cookies
			}
		} else if lines := m.sources.list[i].lines(in.Header); lines != nil {
			return i, lines
		}
	}
	if m.sources.none == 0 {
		return 0, in.Cookies // of a predecessor, perhaps
	}
	return m.sources.none, nil
}

// lines returns those of the header that are for sessions: of several
// Authorization headers those with the scheme Bearer.
func (s *source) lines(h http.Header) []string {
	lines := h[s.header]
	if s.TokenSource != config.TokenBearer {
		return lines
	}
	ours := 0
	for _, line := range lines {
		if _, ok := bearer(line); ok {
			ours++
		}
	}
	switch ours {
	case len(lines):
		return lines
	case 0:
		return nil
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { _, ok := bearer(line); return !ok })
}

// bearer returns the token of an Authorization header; ok is false for another
// scheme. Schemes are of any case (RFC 9110, section 11.1).
func bearer(line string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(line, " ")
	return strings.Trim(token, " \t"), strings.EqualFold(scheme, "Bearer")
}

// lines are those of the header that has the token.
func (x *Exchange) lines() []string {
	switch {
	case x.line != nil:
		return x.line[:]
	case x.several != nil:
		return *x.several
	}
	return nil
}

// tokens calls yield with the tokens of the request, which are the values of
// cookies of the name where the cookie decides, until yield returns false.
func (x *Exchange) tokens(name string, yield func(value string) bool) {
	if x.source == 0 {
		cookie.Values(x.lines(), name, yield)
		return
	}
	for _, token := range x.lines() {
		if x.from() == config.TokenBearer {
			token, _ = bearer(token)
		}
		if token != "" && !yield(token) {
			return
		}
	}
}

// TokenHeader is the header of the answer that a new token goes into, "" where it
// goes into the cookie. It is for adapters.
func (x *Exchange) TokenHeader() string {
	if x.source == 0 {
		return ""
	}
	return x.from().AnswerHeader()
}

// from is the source that decides in the request.
func (x *Exchange) from() config.TokenSource { return x.manager.sources.list[x.source].TokenSource }

// outgoing is the answer's part of a session that was asked for.
func (x *Exchange) outgoing() Outgoing {
	all := &x.manager.sources
	return Outgoing{Vary: all.names == nil || x.source == 0 && !all.takeCookie(), VaryOn: all.vary}
}

// answerInHeader has the answer carry the token in a header, or none where the
// one that the client has is dead.
func (x *Exchange) answerInHeader(out *Outgoing, token string, dead bool) {
	if token == "" && !dead {
		return
	}
	out.TokenHeader, out.Token = x.TokenHeader(), token
	out.NoStore = true // RFC 6750, section 5.3
	if token != "" && !x.manager.cookie.Encrypted(x.in()) {
		x.manager.monitor.TokenOverHTTP()
	}
}

// WithTokenFrom has the sessions' tokens in other places of requests than
// --session-token says: see [config.Config]. It is for a manager that
// [Manager.Named] makes, since no two managers of an app may use one header. What
// is wrong with a place is the error of NewManager or Named.
func WithTokenFrom(places ...config.TokenSource) Option {
	return func(m *Manager) { m.cfg.TokenFrom = slices.Clone(places) }
}

// setSources takes the places from the configuration, which an option may have
// changed since it was checked.
func (m *Manager) setSources() error {
	if len(m.cfg.TokenFrom) == 0 {
		m.cfg.TokenFrom = []config.TokenSource{config.TokenCookie}
	}
	if err := m.cfg.Validate(); err != nil {
		return err
	}
	m.sources = newSources(m.cfg.TokenFrom)
	if m.parent == nil {
		return nil
	}
	for _, name := range m.sources.names {
		if slices.Contains(m.parent.sources.names, name) {
			return fmt.Errorf("session: Named %q: the header %s has the tokens of the manager that this one is made from: "+
				"give it one of its own, session.WithTokenFrom(config.TokenHeader(\"X-...\"))", m.cfg.Cookie.Name, name)
		}
	}
	return nil
}

// TokenHeaders are the headers, in their canonical form, that may have the token
// of m's sessions in a request: Header is to have those. It is nil where the cookie
// alone counts. It is for adapters of routers that are not built on net/http.
func (Incoming) TokenHeaders(m *Manager) []string { return m.sources.names }

// TokenInHeader reports whether it is a header, and not the cookie, that decides
// which of m's sessions the request has. No page of another site can
// make such a request, unless the app's answers to CORS preflights allow it: a
// protection against CSRF may let it pass. Package httpsession's SameOrigin does.
func (in Incoming) TokenInHeader(m *Manager) bool {
	if m.sources.names == nil {
		return false
	}
	i, lines := m.choose(in)
	return i != 0 && lines != nil
}

// Challenge returns the value of the header WWW-Authenticate for a 401 (RFC 6750,
// section 3), "" where the exchange's manager takes no bearer tokens; x may be nil. It
// says invalid_token where the request came with one that led to no session. The
// adapters put it on the answers to auth.ErrNotLoggedIn.
func (x *Exchange) Challenge() string {
	if x == nil || !slices.Contains(x.manager.cfg.TokenFrom, config.TokenBearer) {
		return ""
	}
	challenge := fmt.Sprintf("Bearer realm=%q", strings.TrimPrefix(x.manager.cfg.Cookie.Name, config.HostPrefix))
	if s := x.Peek(); s != nil && x.from() == config.TokenBearer && s.Status().State == StateRejected {
		challenge += `, error="invalid_token"`
	}
	return challenge
}
