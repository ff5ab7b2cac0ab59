package adaptertest

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// writerCases are about the http.ResponseWriter that handlers get. A
// framework that is not built on net/http has none of this.
func writerCases() []testCase {
	return []testCase{
		{"63 flush", needsHTTP(flush)},
		{"63 ResponseController", needsHTTP(responseController)},
		{"63 hijack", needsHTTP(hijack)},
		{"63 hijack through a ResponseController, past writers that only unwrap", needsHTTP(hijackUnwrapped)},
		{"a hijack that loses the cookie is in the log", needsHTTP(hijackLosesCookie)},
		{"63 103 hijack is refused when the session cannot be saved", needsHTTP(hijackNotSaved)},
		{"63 read from a file", needsHTTP(readFromFile)},
		{"informational answers commit nothing", needsHTTP(earlyHints)},
		{"101 is the answer", needsHTTP(switching)},
		{"101 is no answer when the session cannot be saved", needsHTTP(switchingNotSaved)},
	}
}

// needsHTTP skips the case where handlers have no http.ResponseWriter.
func needsHTTP(run func(t *testing.T, s *site)) func(t *testing.T, st *suite) {
	return func(t *testing.T, st *suite) {
		ask := st.newSite(t, config.Config{})
		ask.handle("/http", func(x Exchange) error {
			if w, _ := x.HTTP(); w == nil {
				return x.Write(http.StatusOK, "no")
			}
			return x.Write(http.StatusOK, "yes")
		})
		if ask.browser().get("/http").body != "yes" {
			t.Skip("the framework is not built on net/http")
		}
		run(t, st.newSite(t, config.Config{}))
	}
}

// handleHTTP adds a route whose handler sets a value and goes on in net/http.
func (s *site) handleHTTP(path string, handle func(w http.ResponseWriter, r *http.Request, v *session.Session) error) {
	s.handleSession(path, func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		w, r := x.HTTP()
		return handle(w, r, v)
	})
}

func flush(t *testing.T, s *site) {
	s.handleHTTP("/flush", func(w http.ResponseWriter, _ *http.Request, _ *session.Session) error {
		w.(http.Flusher).Flush()
		_, err := io.WriteString(w, "flushed")
		return err
	})
	b := s.browser()
	b.get("/flush").want(http.StatusOK, "flushed").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func responseController(t *testing.T, s *site) {
	s.handleHTTP("/control", func(w http.ResponseWriter, _ *http.Request, _ *session.Session) error {
		rc := http.NewResponseController(w)
		soon := time.Now().Add(patience)
		for _, err := range []error{rc.SetReadDeadline(soon), rc.SetWriteDeadline(soon), rc.EnableFullDuplex(), rc.Flush()} {
			if err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "controlled")
		return err
	})
	b := s.browser()
	b.get("/control").want(http.StatusOK, "controlled").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

// hijack takes the connection over twice: the headers that the commit made
// are there for the handler to send, and what it changes afterwards is saved
// at the end, error or not.
func hijack(t *testing.T, s *site) {
	s.handleHTTP("/hijack", func(w http.ResponseWriter, r *http.Request, v *session.Session) error {
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := session.Set(v, "late", r.FormValue("late")); err != nil {
			return err
		}
		if err := v.Commit(r.Context()); err != nil {
			return err
		}
		if err := session.Set(v, "later", r.FormValue("late")); err != nil {
			return err
		}
		if err := sendRaw(rw, w.Header(), "hijacked"); err != nil {
			return err
		}
		if r.FormValue("fail") != "" {
			return StatusError(http.StatusTeapot)
		}
		return nil
	})
	b := s.browser()
	b.get("/hijack?late=1").want(http.StatusOK, "hijacked").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
	b.get("/read?key=late").want(http.StatusOK, "1")
	s.eventually(b, "/read?key=later", "1")
	b.get("/hijack?late=2&fail=1").want(http.StatusOK, "hijacked").wantNoCookie()
	b.get("/read?key=late").want(http.StatusOK, "2")
	s.eventually(b, "/read?key=later", "2")
}

// unwrapOnly is a writer such as middleware has that counts bytes.
type unwrapOnly struct{ http.ResponseWriter }

func (w unwrapOnly) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func hijackUnwrapped(t *testing.T, s *site) {
	outside := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(unwrapOnly{w}, r) })
	}
	bare := s.suite.newSite(t, config.Config{})
	bare.Sessions, bare.outside = nil, outside
	bare.handle("/hijack", func(x Exchange) error {
		w, _ := x.HTTP()
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		return sendRaw(rw, nil, "hijacked")
	})
	if err := bare.browser().expect("/hijack", "hijacked"); err != nil {
		t.Skip("the framework cannot do it without a session either: ", err)
	}
	s.outside = outside
	s.handleHTTP("/hijack", func(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
		conn, rw, err := http.NewResponseController(unwrapOnly{w}).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		s.store.wantCalls(t, "at the hijack", "save")
		return sendRaw(rw, w.Header(), "hijacked")
	})
	b := s.browser()
	b.get("/hijack").want(http.StatusOK, "hijacked").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.store.failOn("save")
	s.browser().get("/hijack").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
}

// hijackLosesCookie answers as an upgrade to a websocket does, with the headers
// of the answer and without them: then the cookie is added, unless the end of the
// headers is on its way in two pieces.
func hijackLosesCookie(t *testing.T, s *site) {
	const line = "without the session's new cookie"
	s.handleHTTP("/upgrade", func(w http.ResponseWriter, r *http.Request, v *session.Session) error {
		if r.FormValue("renew") != "" {
			if err := v.Renew(r.Context()); err != nil {
				return err
			}
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		switch r.FormValue("with") {
		case "headers":
			return sendRaw(rw, w.Header(), "upgraded")
		case "pieces":
			for _, piece := range []string{"HTTP/1.1 200 OK\r\nConnection: close\r", "\nX-A: b\r\n\r", "\nup", "graded"} {
				if _, err := io.WriteString(conn, piece); err != nil {
					return err
				}
			}
			return nil
		}
		return sendRaw(rw, http.Header{}, "upgraded")
	})
	b := s.browser()
	b.get("/upgrade?with=headers").want(http.StatusOK, "upgraded").wantCookie()
	b.get("/upgrade?with=headers&renew=1").want(http.StatusOK, "upgraded").wantCookie()
	b.get("/upgrade").want(http.StatusOK, "upgraded") // nothing to lose
	if got := s.log.String(); strings.Contains(got, line) {
		t.Errorf("a cookie that was sent is missed: %s", got)
	}
	b.get("/upgrade?with=pieces&renew=1").want(http.StatusOK, "upgraded").wantNoCookie()
	s.log.wantLine(t, "level=WARN", line, "added=false", "w.Header()")
	other := s.suite.newSite(t, config.Config{})
	other.Routes = s.Routes
	b = other.browser()
	b.get("/upgrade").want(http.StatusOK, "upgraded").wantCookie()
	b.get("/upgrade?renew=1").want(http.StatusOK, "upgraded").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
	other.log.wantLine(t, "level=WARN", line, "added=true")
}

// sendRaw answers on a connection that was taken over.
func sendRaw(rw *bufio.ReadWriter, header http.Header, body string) error {
	rw.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n")
	if err := header.Write(rw); err != nil {
		return err
	}
	rw.WriteString("\r\n" + body)
	return rw.Flush()
}

// eventually polls until a visit answers with the body: a handler that took
// the connection over goes on after the client has its answer.
func (s *site) eventually(b *browser, path, body string) {
	s.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if err = b.expect(path, body); err == nil {
			return
		}
	}
	s.t.Fatal(err)
}

func hijackNotSaved(t *testing.T, s *site) {
	s.handleHTTP("/hijack", func(w http.ResponseWriter, _ *http.Request, _ *session.Session) error {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
		return err
	})
	s.store.failOn("save")
	s.browser().get("/hijack").wantStatus(http.StatusServiceUnavailable).wantNoCookie()
}

func readFromFile(t *testing.T, s *site) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, []byte(largeBody), 0o600); err != nil {
		t.Fatal(err)
	}
	s.handleHTTP("/copy", func(w http.ResponseWriter, _ *http.Request, _ *session.Session) error {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	s.handleHTTP("/file", func(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
		http.ServeFile(w, r, name)
		return nil
	})
	b := s.browser()
	b.get("/copy").want(http.StatusOK, largeBody).wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
	s.browser().get("/file").want(http.StatusOK, largeBody).wantCookie()
	b.get("/file", header("Range", "bytes=16-31")).want(http.StatusPartialContent, "0123456789abcdef")
}

func earlyHints(t *testing.T, s *site) {
	s.handle("/hints", func(x Exchange) error {
		w, _ := x.HTTP()
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		v, err := x.Session()
		if err != nil {
			return err
		}
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		return x.Write(http.StatusOK, "hinted")
	})
	b := s.browser()
	var hints []int
	trace := &httptrace.ClientTrace{Got1xxResponse: func(status int, h textproto.MIMEHeader) error {
		if h.Get("Set-Cookie") == "" {
			hints = append(hints, status)
		}
		return nil
	}}
	b.get("/hints", func(r *http.Request) {
		*r = *r.WithContext(httptrace.WithClientTrace(r.Context(), trace))
	}).want(http.StatusOK, "hinted").wantCookie()
	if len(hints) != 1 || hints[0] != http.StatusEarlyHints {
		t.Errorf("want one 103 without a cookie, got %v", hints)
	}
	b.get("/read?key=color").want(http.StatusOK, "red")
}

// handleSwitch adds a route that goes over to a protocol of its own.
func (s *site) handleSwitch() {
	s.handleHTTP("/switch", func(w http.ResponseWriter, _ *http.Request, _ *session.Session) error {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "hello")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		rw.WriteString("hello")
		return rw.Flush()
	})
}

// switching: 101 begins with a 1, and is the last that the client hears in HTTP.
func switching(t *testing.T, s *site) {
	s.handleSwitch()
	b := s.browser()
	b.get("/switch").want(http.StatusSwitchingProtocols, "hello").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func switchingNotSaved(t *testing.T, s *site) {
	s.handleSwitch()
	s.store.failOn("save")
	res, err := s.browser().open("/switch")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() // not read: after a 101 nobody may be on the connection
	if res.StatusCode != http.StatusServiceUnavailable || len(res.Header["Set-Cookie"]) > 0 {
		t.Errorf("status %d, header %q", res.StatusCode, res.Header)
	}
}
