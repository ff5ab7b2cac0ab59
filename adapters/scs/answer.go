package scs

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

func middleware(m *session.Manager) func(http.Handler) http.Handler { return httpsession.Middleware(m) }

// LoadAndSave is the middleware: it gives each request its session, and saves it
// and sets its cookie before the answer's headers leave.
//
// A request that may change something (its method is not GET, HEAD or OPTIONS) and
// has a cookie has its session read before the handler, so that none runs while the
// store cannot be reached; others, unless there is an IdleTimeout, when the handler
// first asks. When it cannot be read or saved ErrorFunc answers, and nothing of what
// the handler wrote.
func (s *SessionManager) LoadAndSave(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, inside := r.Context().Value(s.key).(*data); inside { // the outer one does the work
			next.ServeHTTP(w, r)
			return
		}
		m, err := s.Manager()
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if httpsession.IsDebugPath(r.URL.Path) {
			if h := s.debugHandler(m); h != nil {
				h.ServeHTTP(w, r)
				return
			}
		}
		w.Header().Add("Vary", "Cookie")
		in := httpsession.Incoming(r)
		in.Header = nil      // the library's calls know cookies alone
		in.CrossSite = false // a POST from another site, of SAML say, makes a session as it always did
		ctx, d := s.begin(r.Context(), m, in)
		if len(in.Cookies) > 0 && (s.IdleTimeout > 0 || !safe(r.Method)) {
			if err := d.read(); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		a := &answer{ResponseWriter: w, request: r.WithContext(ctx), data: d}
		next.ServeHTTP(a, a.request)
		if begun := a.committed; a.commit() == nil && begun {
			d.late(ctx)
		}
	})
}

// safe reports whether a method changes nothing (RFC 9110, 9.2.1).
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func (d *data) read() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, err := d.load()
	return err
}

// WriteSessionCookie sets the cookie with the token, or, with the zero time, one
// that has the browser forget it.
func (s *SessionManager) WriteSessionCookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time) {
	persist := s.Cookie.Persist || s.GetBool(ctx, rememberMe)
	s.setCookie(w, token, expiry, persist)
	s.of(ctx).sent()
}

func (s *SessionManager) setCookie(w http.ResponseWriter, token string, expiry time.Time, persist bool) {
	cookie := &http.Cookie{
		Value:       token,
		Name:        s.Cookie.Name,
		Domain:      s.Cookie.Domain,
		HttpOnly:    s.Cookie.HttpOnly,
		Path:        s.Cookie.Path,
		SameSite:    s.Cookie.SameSite,
		Secure:      s.Cookie.Secure,
		Partitioned: s.Cookie.Partitioned,
	}
	switch {
	case expiry.IsZero():
		cookie.Expires, cookie.MaxAge = time.Unix(1, 0), -1
	case token == "": // nothing is stored
		return
	case persist:
		cookie.Expires = time.Unix(expiry.Unix()+1, 0) // whole seconds, and not too early
		cookie.MaxAge = int(time.Until(expiry).Seconds() + 1)
	}
	w.Header().Add("Set-Cookie", cookie.String())
	w.Header().Add("Cache-Control", `no-cache="Set-Cookie"`)
}

func (d *data) sent() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bag != nil {
		d.bag.Session().CookieSent()
	}
}

// finish is the end of the request: it saves, and sets the cookie where the browser
// needs another one.
func (d *data) finish(ctx context.Context, w http.ResponseWriter) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bag == nil && d.err == nil && d.exchange.Peek() == nil {
		return nil // nobody has asked
	}
	destroyed := d.status == Destroyed
	if err := d.commit(ctx); err != nil {
		return err
	}
	own := d.bag.Session()
	switch c := own.Cookie(); {
	case c != nil && (own.CookieDue() || d.status == Modified):
		remember, _, err := d.bag.Get(rememberMe)
		if err != nil {
			return err
		}
		d.scs.setCookie(w, c.Value, own.Deadline(), d.scs.Cookie.Persist || as[bool](remember))
		own.CookieSent()
	case c == nil && destroyed:
		d.scs.setCookie(w, "", time.Time{}, false)
	}
	return nil
}

// late saves what was changed after the headers had left.
func (d *data) late(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bag == nil || !d.bag.Modified() || d.bag.Session().Revision() == 0 {
		return
	}
	if err := d.commit(ctx); err != nil {
		slog.ErrorContext(ctx, "scs: changes made after the answer began are lost", "error", err)
	}
}

// answer commits before the first byte of the answer leaves.
type answer struct {
	http.ResponseWriter
	request   *http.Request
	data      *data
	committed bool
	err       error
}

func (a *answer) commit() error {
	if a.committed {
		return a.err
	}
	a.committed = true
	if a.err = a.data.finish(a.request.Context(), a.ResponseWriter); a.err != nil {
		httpsession.DropContent(a.Header().Del)
		a.data.scs.fail(a.ResponseWriter, a.request, a.err)
	}
	return a.err
}

func (a *answer) WriteHeader(code int) {
	if code >= 100 && code < 200 && code != http.StatusSwitchingProtocols { // not the answer yet
		a.ResponseWriter.WriteHeader(code)
		return
	}
	if a.commit() == nil {
		a.ResponseWriter.WriteHeader(code)
	}
}

func (a *answer) Write(b []byte) (int, error) {
	if a.commit() != nil {
		return 0, httpsession.ErrNotSaved
	}
	return a.ResponseWriter.Write(b)
}

func (a *answer) WriteString(text string) (int, error) {
	if a.commit() != nil {
		return 0, httpsession.ErrNotSaved
	}
	return io.WriteString(a.ResponseWriter, text)
}

func (a *answer) ReadFrom(src io.Reader) (int64, error) {
	if a.commit() != nil {
		return 0, httpsession.ErrNotSaved
	}
	if to, ok := a.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{a.ResponseWriter}, src)
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) FlushError() error {
	if a.commit() != nil {
		return httpsession.ErrNotSaved
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

func (a *answer) Flush() { a.FlushError() }

func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if a.commit() != nil {
		return nil, nil, httpsession.ErrNotSaved
	}
	return http.NewResponseController(a.ResponseWriter).Hijack()
}
