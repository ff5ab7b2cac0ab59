package httpsession_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// bare has nothing but what http.ResponseWriter asks for.
type bare struct{ http.ResponseWriter }

type flusher struct{ bare }

func (flusher) Flush() {}

type hijacker struct{ bare }

func (hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, io.EOF }

type both struct{ flusher }

func (both) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, io.EOF }

type pusher struct{ flusher }

func (pusher) Push(string, *http.PushOptions) error { return io.EOF }

// 63: middleware and handlers look at what a writer can do, so the one they
// get must not promise more than the one below keeps, nor less.
func TestWriterHasWhatIsBelow(t *testing.T) {
	below := bare{httptest.NewRecorder()}
	for _, w := range []http.ResponseWriter{below, flusher{below}, hijacker{below}, both{flusher{below}}, pusher{flusher{below}}} {
		inHandler(t, w, nil, func(got http.ResponseWriter, _ *session.Session) {
			_, wantFlush := w.(http.Flusher)
			_, wantHijack := w.(http.Hijacker)
			_, wantPush := w.(http.Pusher)
			_, flushes := got.(http.Flusher)
			_, hijacks := got.(http.Hijacker)
			_, pushes := got.(http.Pusher)
			if flushes != wantFlush || hijacks != wantHijack || pushes != wantPush {
				t.Errorf("over %T: Flusher %v, Hijacker %v, Pusher %v; want %v, %v, %v",
					w, flushes, hijacks, pushes, wantFlush, wantHijack, wantPush)
			}
			if err := http.NewResponseController(got).Flush(); (err == nil) != wantFlush {
				t.Errorf("over %T: Flush: %v", w, err)
			}
			if _, _, err := http.NewResponseController(got).Hijack(); (err == io.EOF) != wantHijack {
				t.Errorf("over %T: Hijack: %v", w, err)
			}
			if p, ok := got.(http.Pusher); ok && p.Push("/style.css", nil) != io.EOF {
				t.Errorf("over %T: Push does not reach the writer below", w)
			}
		})
	}
}

// readerFrom notices that it was asked to copy by itself.
type readerFrom struct {
	http.ResponseWriter
	asked bool
}

func (w *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	w.asked = true
	return io.Copy(w.ResponseWriter, src)
}

func TestReadFromReachesTheWriterBelow(t *testing.T) {
	recorder := httptest.NewRecorder()
	below := &readerFrom{ResponseWriter: recorder}
	inHandler(t, below, nil, func(w http.ResponseWriter, s *session.Session) {
		session.Set(s, "color", "red")
		n, err := io.Copy(w, io.LimitReader(strings.NewReader("copied by the kernel"), 6))
		if n != 6 || err != nil {
			t.Errorf("Copy: %d bytes, %v", n, err)
		}
	})
	if !below.asked || recorder.Body.String() != "copied" || recorder.Header().Get("Set-Cookie") == "" {
		t.Errorf("asked: %v, body %q, headers %v", below.asked, recorder.Body, recorder.Header())
	}
}

// After the session could not be saved every way to write says so, and
// nothing gets through.
func TestWritesAfterAFailedCommit(t *testing.T) {
	store := memstore.New(0)
	recorder := httptest.NewRecorder()
	inHandler(t, recorder, store, func(w http.ResponseWriter, s *session.Session) {
		session.Set(s, "color", "red")
		store.Close()
		w.WriteHeader(http.StatusCreated)
		_, writeErr := w.Write([]byte("secret"))
		_, stringErr := io.WriteString(w, "secret")
		_, copyErr := io.Copy(w, struct{ io.Reader }{strings.NewReader("secret")})
		for _, err := range []error{writeErr, stringErr, copyErr, http.NewResponseController(w).Flush()} {
			if !errors.Is(err, httpsession.ErrNotSaved) {
				t.Errorf("got %v, want ErrNotSaved", err)
			}
		}
		w.WriteHeader(http.StatusAccepted)
	})
	if recorder.Code != http.StatusServiceUnavailable || strings.Contains(recorder.Body.String(), "secret") {
		t.Errorf("status %d, body %q", recorder.Code, recorder.Body)
	}
}

func TestErrorHandler(t *testing.T) {
	store := memstore.New(0)
	recorder := httptest.NewRecorder()
	sorry := httpsession.WithErrorHandler(func(w http.ResponseWriter, r *http.Request, err error) {
		if !errors.Is(err, session.ErrClosed) || r.URL.Path != "/shop" {
			t.Errorf("path %s, error %v", r.URL.Path, err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, `{"sorry":true}`)
	})
	inHandler(t, recorder, store, func(w http.ResponseWriter, s *session.Session) {
		session.Set(s, "color", "red")
		store.Close()
		io.WriteString(w, "secret")
	}, sorry)
	if recorder.Code != http.StatusBadGateway || recorder.Body.String() != `{"sorry":true}` {
		t.Errorf("status %d, body %q", recorder.Code, recorder.Body)
	}
}

// inHandler runs handle inside the middleware on top of w. A nil store means
// a fresh one.
func inHandler(t *testing.T, w http.ResponseWriter, store driver.Store, handle func(http.ResponseWriter, *session.Session), opts ...httpsession.Option) {
	t.Helper()
	if store == nil {
		store = memstore.New(0)
	}
	h := httpsession.Middleware(newManagerOn(t, store), opts...)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err != nil {
			t.Error(err)
			return
		}
		handle(w, s)
	}))
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/shop", nil))
}

func newManager(t *testing.T) *session.Manager {
	t.Helper()
	return newManagerOn(t, memstore.New(0))
}

func newManagerOn(t *testing.T, store driver.Store) *session.Manager {
	t.Helper()
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func get(t *testing.T, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, client, req)
}

func do(t *testing.T, client *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
