package sessiontest

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// NewManager returns a manager with the default settings and a memory store of
// its own, which is closed when the test ends. It logs what goes wrong to the
// test's output; options may change that.
func NewManager(t testing.TB, options ...session.Option) *session.Manager {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	options = append([]session.Option{session.WithLogger(log)}, options...)
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, memstore.New(0), options...)
	if err != nil {
		t.Fatal("sessiontest: ", err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// LogIn makes r the request of a visitor who is logged in as user, in a new
// session. It adds that session's cookie; see [Prepare].
func LogIn(t testing.TB, m *session.Manager, r *http.Request, user string, options ...auth.LoginOption) {
	t.Helper()
	Prepare(t, m, r, func(ctx context.Context) error { return auth.Login(ctx, user, options...) })
}

// Prepare makes r the request of a visitor in whose session do has been done
// before: do gets the context of an earlier request with r's cookies, as a
// handler does. It adds the session's cookie to r, or replaces it. Where m takes
// tokens from a header, and r has that header or m takes no cookies, it is the
// token in there: r.Header.Set("Authorization", "Bearer") makes r the request of a
// program.
//
//	sessiontest.Prepare(t, sessions, req, func(ctx context.Context) error {
//		s, err := session.From(ctx)
//		if err != nil {
//			return err
//		}
//		return session.Set(s, "cart", Cart{"tea"})
//	})
func Prepare(t testing.TB, m *session.Manager, r *http.Request, do func(ctx context.Context) error) {
	t.Helper()
	ctx, x, _ := Open(context.Background(), m, incoming(r))
	if err := do(ctx); err != nil {
		t.Fatal("sessiontest: ", err)
	}
	out, err := x.Commit()
	if err != nil {
		t.Fatal("sessiontest: ", err)
	}
	if out.TokenHeader != "" {
		setToken(m, r, out.TokenHeader, out.Token)
	}
	if out.SetCookie != "" {
		c, err := http.ParseSetCookie(out.SetCookie)
		if err != nil {
			t.Fatal("sessiontest: ", err)
		}
		setCookie(r, c)
	}
}

// After returns the session that the visitor has after the answer res to r: the
// browser's cookie is the one that the answer sets or, if it sets none, that of
// the request, and so for a token in a header. Where there is no session, it is new and empty. What is changed
// in it is saved nowhere.
func After(t testing.TB, m *session.Manager, r *http.Request, res *http.Response) *session.Session {
	t.Helper()
	next := r.Clone(context.Background())
	for _, c := range res.Cookies() {
		if c.Name == m.Config().Cookie.Name {
			setCookie(next, c)
		}
	}
	for _, from := range m.Config().TokenFrom {
		if token, ok := res.Header[from.AnswerHeader()]; ok && from != config.TokenCookie {
			setToken(m, next, from.AnswerHeader(), token[0])
		}
	}
	ctx, _, _ := Open(context.Background(), m, incoming(next))
	s, err := session.From(ctx)
	if err != nil {
		t.Fatal("sessiontest: ", err)
	}
	return s
}

func incoming(r *http.Request) session.Incoming {
	return session.Incoming{Cookies: r.Header["Cookie"], TLS: r.TLS != nil, Header: r.Header}
}

// setToken gives r the token that an answer has in the header.
func setToken(m *session.Manager, r *http.Request, header, token string) {
	for _, from := range m.Config().TokenFrom {
		if from.AnswerHeader() != header {
			continue
		}
		if from == config.TokenBearer {
			token = strings.TrimSpace("Bearer " + token)
		}
		r.Header.Set(from.Header(), token)
	}
}

// setCookie gives r the cookie in the place of others of its name; one that
// tells the browser to forget it takes them away.
func setCookie(r *http.Request, c *http.Cookie) {
	var kept []string
	for _, old := range r.Cookies() {
		if old.Name != c.Name {
			kept = append(kept, old.Name+"="+old.Value)
		}
	}
	if c.MaxAge >= 0 {
		kept = append(kept, c.Name+"="+c.Value)
	}
	r.Header.Del("Cookie")
	if len(kept) > 0 {
		r.Header.Set("Cookie", strings.Join(kept, "; "))
	}
}
