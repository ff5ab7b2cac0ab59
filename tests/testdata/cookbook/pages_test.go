package main

import (
	"context"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

var pages = template.Must(template.New("profile").Parse(`{{range .Flashes}}<p class="{{.Kind}}">{{.Text}}</p>{{end}}{{with .User}}Hello, {{.Name}}{{else}}nobody{{end}}`))

func init() {
	template.Must(pages.New("cart").Parse(`{{range $item, $n := .Data.Items}}{{$n}} {{$item}}{{end}}`))
}

func nameOf(_ context.Context, id string) (string, error) {
	if id == "gone" {
		return "", auth.ErrUnknownUser
	}
	return strings.ToUpper(id), nil
}

func inStock(item string) bool { return item == "tea" }

type shop struct {
	t        *testing.T
	sessions *session.Manager
	handler  http.Handler
}

func newShop(t *testing.T) shop {
	mux := http.NewServeMux()
	mux.Handle("GET /profile", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return render(w, r, "profile", nil) }))
	mux.Handle("POST /profile", httpsession.HandlerFunc(saveProfile))
	mux.Handle("GET /cart", httpsession.HandlerFunc(showCart))
	mux.Handle("POST /cart", httpsession.HandlerFunc(putInCart))
	mux.Handle("GET /files/{name}", httpsession.HandlerFunc(download))
	sessions := sessiontest.NewManager(t)
	return shop{t, sessions, httpsession.Install(mux, sessions, nil)}
}

func (s shop) serve(status int, req *http.Request) *httptest.ResponseRecorder {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, req)
	if rec.Code != status {
		s.t.Errorf("%s %s: %d %s", req.Method, req.URL, rec.Code, rec.Body)
	}
	return rec
}

func with(cookie *http.Cookie, method, path string, fields url.Values) *http.Request {
	req := httptest.NewRequest(method, path, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != nil {
		req.AddCookie(cookie)
	}
	return req
}

// The page knows who is logged in, and shows a flash once.
func TestRender(t *testing.T) {
	s := newShop(t)
	if body := s.serve(200, with(nil, "GET", "/profile", nil)).Body.String(); body != "nobody" {
		t.Errorf("the page is %q", body)
	}
	req := with(nil, "POST", "/profile", nil)
	sessiontest.LogIn(t, s.sessions, req, "ada")
	ada := req.Cookies()[0]
	s.serve(303, req)
	for _, want := range []string{`<p class="success">Saved.</p>Hello, ADA`, "Hello, ADA"} {
		if body := s.serve(200, with(ada, "GET", "/profile", nil)).Body.String(); body != want {
			t.Errorf("the page is %q", body)
		}
	}
	req = with(nil, "GET", "/profile", nil)
	sessiontest.LogIn(t, s.sessions, req, "gone")
	if body := s.serve(200, req).Body.String(); body != "nobody" || sessiontest.Of(t, s.sessions, req.Cookies()[0]).User() != "" {
		t.Errorf("a user who is gone sees %q", body)
	}
}

// No click is lost, and what is not sold is not in the cart.
func TestCart(t *testing.T) {
	s := newShop(t)
	tea := url.Values{"item": {"tea"}}
	first := s.serve(303, with(nil, "POST", "/cart", tea))
	cookie := first.Result().Cookies()[0]
	var clicks sync.WaitGroup
	for range 20 {
		clicks.Go(func() { s.handler.ServeHTTP(httptest.NewRecorder(), with(cookie, "POST", "/cart", tea)) })
	}
	clicks.Wait()
	s.serve(400, with(cookie, "POST", "/cart", url.Values{"item": {"gold"}}))
	if body := s.serve(200, with(cookie, "GET", "/cart", nil)).Body.String(); body != "21 tea" {
		t.Errorf("the cart holds %q", body)
	}
	if rec := s.serve(200, with(nil, "GET", "/cart", nil)); len(rec.Result().Cookies()) > 0 {
		t.Error("who looks into an empty cart has a session")
	}
}

// A user gets files of his own and no others.
func TestDownload(t *testing.T) {
	dir := t.TempDir()
	for _, user := range []string{"ada", "grace"} {
		if err := os.Mkdir(filepath.Join(dir, user), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, user, user+".txt"), []byte("of "+user), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	files = root
	defer root.Close()
	s := newShop(t)
	s.serve(401, with(nil, "GET", "/files/ada.txt", nil))
	for path, status := range map[string]int{"ada.txt": 200, "grace.txt": 404, "..%2fgrace%2fgrace.txt": 404, "%2fetc%2fpasswd": 404} {
		req := with(nil, "GET", "/files/"+path, nil)
		sessiontest.LogIn(t, s.sessions, req, "ada")
		rec := s.serve(status, req)
		if status == 200 && (rec.Body.String() != "of ada" || !strings.Contains(rec.Header().Get("Cache-Control"), "no-store")) {
			t.Errorf("%q, %v", rec.Body, rec.Header())
		}
	}
}
