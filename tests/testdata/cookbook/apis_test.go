package main

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

var news = make(chan string)

func subscribe(user string) (<-chan string, func()) { return news, func() {} }

// Each way to be nobody answers 401 with JSON.
func TestJSON(t *testing.T) {
	sessions := sessiontest.NewManager(t)
	api := newAPI(sessions)
	for _, path := range []string{"/api/me", "/api/orders/1"} {
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		if rec.Code != 401 || rec.Header().Get("Content-Type") != "application/json" || rec.Body.String() != `{"error":"Unauthorized"}`+"\n" {
			t.Errorf("%s: %d %v %s", path, rec.Code, rec.Header(), rec.Body)
		}
	}
	req := httptest.NewRequest("GET", "/api/me", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	rec := httptest.NewRecorder()
	if api.ServeHTTP(rec, req); rec.Code != 200 || rec.Body.String() != `{"user":"ada"}`+"\n" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func serve(t *testing.T) (url string, sessions *session.Manager, ada *http.Cookie, logout func()) {
	sessions = sessiontest.NewManager(t)
	mux := http.NewServeMux()
	mux.Handle("GET /events", httpsession.HandlerFunc(events))
	mux.Handle("GET /chat", httpsession.HandlerFunc(chat))
	mux.Handle("POST /logout", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return auth.Logout(r.Context()) }))
	srv := httptest.NewServer(httpsession.Install(mux, sessions, nil))
	t.Cleanup(srv.Close)
	req := httptest.NewRequest("GET", "/", nil)
	sessiontest.LogIn(t, sessions, req, "ada")
	ada = req.Cookies()[0]
	return srv.URL, sessions, ada, func() {
		if res := ask(t, ada, "POST", srv.URL+"/logout"); res.StatusCode != 200 {
			t.Fatal(res.Status)
		}
	}
}

func ask(t *testing.T, cookie *http.Cookie, method, address string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cookie != nil {
		req.AddCookie(cookie)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// A stream brings what comes, and ends with the session.
func TestEvents(t *testing.T) {
	url, _, ada, logout := serve(t)
	if res := ask(t, nil, "GET", url+"/events"); res.StatusCode != 401 {
		t.Errorf("for nobody: %s", res.Status)
	}
	res := ask(t, ada, "GET", url+"/events")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(res.Status, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	await := func(want string) {
		for lines.Scan() {
			if lines.Text() == want {
				return
			}
		}
		t.Fatalf("no %q", want)
	}
	news <- "tea is there"
	await("data: tea is there")
	await(": still here")
	logout()
	for lines.Scan() { // until the server ends it
	}
	if res := ask(t, ada, "GET", url+"/events"); res.StatusCode != 401 {
		t.Errorf("the browser connects again: %s", res.Status)
	}
}

// A socket keeps what it is told, and ends with the session.
func TestChat(t *testing.T) {
	url, sessions, ada, logout := serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	dial := func(header http.Header) (*websocket.Conn, int) {
		conn, res, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1)+"/chat", &websocket.DialOptions{HTTPHeader: header})
		if err != nil {
			return nil, res.StatusCode
		}
		return conn, res.StatusCode
	}
	if _, status := dial(nil); status != 401 {
		t.Errorf("for nobody: %d", status)
	}
	cookie := ada.Name + "=" + ada.Value
	if _, status := dial(http.Header{"Cookie": {cookie}, "Origin": {"https://evil.example"}}); status != 403 {
		t.Errorf("for a page of another site: %d", status)
	}
	conn, _ := dial(http.Header{"Cookie": {cookie}})
	if conn == nil {
		t.Fatal("no socket")
	}
	defer conn.CloseNow()
	say := func(text string) (string, error) {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return "", err
		}
		_, answer, err := conn.Read(ctx)
		return string(answer), err
	}
	if answer, err := say("hello"); err != nil || answer != "ada: hello" {
		t.Fatalf("%q, %v", answer, err)
	}
	if last, err := session.Get[string](sessiontest.Of(t, sessions, ada), "last"); err != nil || last != "hello" {
		t.Errorf("the session has %q, %v", last, err)
	}
	logout()
	if _, err := say("still there?"); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("after the logout: %v", err)
	}
}
