package adaptertest

import (
	"net/http"
	"slices"

	"github.com/gosessionkit/sessionkit/core/config"
)

// phone visits a site as a program does that keeps its token in a header, and
// keeps no cookies.
type phone struct {
	*browser
	from  config.TokenSource
	token string // "" for none yet
}

func (s *site) phone(from config.TokenSource) *phone {
	s.t.Helper()
	return &phone{browser: s.browser().stranger(), from: from}
}

// present has a request bring a token.
func present(from config.TokenSource, token string) func(*http.Request) {
	if from == config.TokenBearer {
		token = "Bearer " + token
	}
	return header(from.Header(), token)
}

// get fetches path with the token, and keeps the one that the answer has. No
// answer to a phone sets a cookie.
func (p *phone) get(path string, change ...func(*http.Request)) *answer {
	p.site.t.Helper()
	a := p.browser.get(path, append([]func(*http.Request){present(p.from, p.token)}, change...)...)
	if cookies := a.header["Set-Cookie"]; cookies != nil {
		p.site.t.Fatalf("GET %s: the answer to a request with a token in a header sets a cookie: %q", path, cookies)
	}
	if tokens, ok := a.header[p.from.AnswerHeader()]; ok {
		p.token = tokens[0]
	}
	return a
}

// wantToken returns the token that the answer has in the header, which must be
// there and in no cache.
func (a *answer) wantToken(from config.TokenSource) string {
	a.t.Helper()
	tokens := a.header[from.AnswerHeader()]
	if len(tokens) != 1 || tokens[0] == "" {
		a.t.Fatalf("GET %s: want a token in the header %s, got %q", a.path, from.AnswerHeader(), tokens)
	}
	a.wantHeader("Cache-Control", "no-store")
	return tokens[0]
}

// wantVoid fails unless the answer says that the client's token is void.
func (a *answer) wantVoid(from config.TokenSource) *answer {
	a.t.Helper()
	if tokens := a.header[from.AnswerHeader()]; !slices.Equal(tokens, []string{""}) {
		a.t.Fatalf("GET %s: want the header %s, empty, got %q", a.path, from.AnswerHeader(), tokens)
	}
	return a.wantHeader("Cache-Control", "no-store")
}

// wantNoToken fails when the answer says anything about a token.
func (a *answer) wantNoToken(from config.TokenSource) *answer {
	a.t.Helper()
	if tokens, ok := a.header[from.AnswerHeader()]; ok {
		a.t.Fatalf("GET %s: want no header %s, got %q", a.path, from.AnswerHeader(), tokens)
	}
	return a
}
