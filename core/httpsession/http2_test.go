package httpsession_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"testing"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Over HTTP/2 the writer below is another one, with http.Pusher and without
// http.Hijacker.
func TestHTTP2(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(http.Hijacker); ok {
			t.Error("the writer offers to hijack")
		}
		if _, ok := w.(http.Pusher); !ok {
			t.Error("the writer offers no push")
		}
		w.WriteHeader(http.StatusEarlyHints)
		s, err := httpsession.Get(r)
		if err != nil {
			httpsession.Error(w, r, err)
			return
		}
		before, _ := session.Get[int](s, "visits")
		if err := session.Set(s, "visits", before+1); err != nil {
			t.Error(err)
		}
		io.WriteString(w, r.Proto)
		w.(http.Flusher).Flush()
		session.Set(s, "late", before+1)
	})
	var visits, late int
	mux.HandleFunc("GET /visits", func(w http.ResponseWriter, r *http.Request) {
		s, err := httpsession.Get(r)
		if err != nil {
			t.Error(err)
			return
		}
		visits, _ = session.Get[int](s, "visits")
		late, _ = session.Get[int](s, "late")
	})

	server := httptest.NewUnstartedServer(httpsession.Install(mux, newManager(t), nil))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)

	hints := 0
	trace := &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil }}
	for range 2 {
		req, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, server.URL, nil)
		if _, body := do(t, client, req); body != "HTTP/2.0" {
			t.Fatalf("the body is %q", body)
		}
	}
	get(t, client, server.URL+"/visits")
	if visits != 2 || late != 2 || hints != 2 {
		t.Errorf("got %d visits, %d late changes, %d hints; want 2 of each", visits, late, hints)
	}
}
