package adaptertest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// debugCases are about the debug endpoints: where they are, and where they
// are not.
func debugCases() []testCase {
	return []testCase{
		{"116 off: a path like any other that does not exist", debugOff},
		{"on: there, with the session of the caller", debugOn},
		{"on: what they save is saved", debugSaves},
		{"7.4.5 on: what an operator ends has ended for every browser", debugOperator},
		{"on: paths beside them stay the app's", debugBeside},
		{"on: they see both ends of the connection and the headers", debugConnection},
		{"on: what shows a proxy is seen on every path", debugWatches},
		{"133 on: with and without a slash, and never a redirect", debugSlashes},
		{"133 on: beside what catches all, as in single-page apps", debugCatchAll},
		{"133 on: in a part of a larger app", debugMounted},
		{"133 off: what catches all has them", debugCaught},
		{"133 on: what the app names below them is the app's", debugNamed},
	}
}

var debugPaths = []string{"/debug", "/debug/", "/debug/session", "/debug/a/b"}

// debugHandler shows what it knows of the request, and counts visits in the
// session with POST.
var debugHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	v, err := session.From(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	color, err := session.Get[string](v, "color")
	if err == nil && r.Method == http.MethodPost {
		err = session.Set(v, "color", r.FormValue("value"))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, color)
})

func debugOff(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	generic := b.get("/unknown").wantStatus(http.StatusNotFound)
	for _, path := range debugPaths {
		a := b.get(path).wantStatus(http.StatusNotFound)
		// Some frameworks name the path in the body.
		if got, want := strings.ReplaceAll(a.body, path, "PATH"), strings.ReplaceAll(generic.body, "/unknown", "PATH"); got != want {
			t.Errorf("GET %s: the body is %q, that of another unknown path %q", path, a.body, generic.body)
		}
	}
	res, err := b.post("/debug/probe", "")
	if err != nil || res.status != http.StatusNotFound && res.status != http.StatusMethodNotAllowed {
		t.Errorf("POST /debug/probe: %+v, error %v", res, err)
	}
}

func debugOn(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = debugHandler
	b := s.browser()
	b.get("/debug/session").want(http.StatusOK, "GET /debug/session ").wantHeader("Cache-Control", "no-store")
	b.get("/set?key=color&value=red")
	for _, path := range debugPaths {
		b.get(path).want(http.StatusOK, "GET "+path+" red").wantHeader("Vary", "Cookie")
	}
}

func debugSaves(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = debugHandler
	b := s.browser()
	for _, value := range []string{"red", "blue"} {
		a, err := b.post("/debug/probe", "value="+value)
		if err != nil {
			t.Fatal(err)
		}
		if a.wantStatus(http.StatusOK); value == "red" {
			a.wantCookie()
		}
		b.get("/read?key=color").want(http.StatusOK, value)
	}
	s.store.failOn("save")
	a, err := b.post("/debug/probe", "value=green")
	if err != nil {
		t.Fatal(err)
	}
	a.wantStatus(http.StatusServiceUnavailable)
}

func debugBeside(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = debugHandler
	s.handle("/debugger", func(x Exchange) error { return x.Write(http.StatusOK, "mine") })
	s.handle("/", func(x Exchange) error { return x.Write(http.StatusOK, "home") })
	b := s.browser()
	b.get("/debugger").want(http.StatusOK, "mine")
	b.get("/").want(http.StatusOK, "home")
	b.get("/debug/session").want(http.StatusOK, "GET /debug/session ")
}

// The handler decides by these who comes from this machine.
func debugConnection(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		fmt.Fprintf(w, "%s to %v, host %s, %s, %s", r.RemoteAddr, local, r.Host, r.Proto, r.Header.Get("X-Forwarded-For"))
	})
	s.serve()
	at := strings.TrimPrefix(s.url, "http://")
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /debug/session HTTP/1.0\r\nHost: app.example\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
	answer, err := io.ReadAll(conn)
	want := fmt.Sprintf("%s to %s, host app.example, HTTP/1.0, 192.0.2.1", conn.LocalAddr(), conn.RemoteAddr())
	if err != nil || !strings.HasSuffix(string(answer), want) {
		t.Errorf("the handler sees %q, want %q; error %v", answer, want, err)
	}
}

func debugWatches(t *testing.T, st *suite) {
	for name, change := range map[string]func(*http.Request){
		"X-Forwarded-For": header("X-Forwarded-For", "192.0.2.1"),
		"l5d-dst":         header("L5d-Dst-Canonical", "app:80"),
		"Host":            func(r *http.Request) { r.Host = "app.example" },
	} {
		for _, path := range []string{"/plain", "/unknown"} {
			s := st.newSite(t, config.Config{DebugEndpoints: true})
			b := s.browser()
			b.get("/plain").want(http.StatusOK, "plain")
			b.get("/set?key=color&value=red")
			if open, sign := s.Sessions.Diagnostics().OpenToThisMachine(); !open {
				t.Fatalf("closed to this machine: %s", sign)
			}
			b.get(path, change)
			if open, _ := s.Sessions.Diagnostics().OpenToThisMachine(); open {
				t.Errorf("%s, GET %s: this machine still needs no token", name, path)
			}
		}
	}
	s := st.newSite(t, config.Config{})
	s.browser().get("/plain", header("X-Forwarded-For", "192.0.2.1"))
	if _, sign := s.Sessions.Diagnostics().OpenToThisMachine(); sign != "" {
		t.Errorf("requests are looked at while the debug endpoints are off: %s", sign)
	}
}

// slashed are the paths of debugPaths, with and without one at the end.
func slashed() (paths []string) {
	for _, path := range debugPaths {
		path = strings.TrimSuffix(path, "/")
		paths = append(paths, path, path+"/")
	}
	return paths
}

func debugSlashes(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = debugHandler
	b := s.browser()
	for _, path := range slashed() {
		b.get(path).want(http.StatusOK, "GET "+path+" ")
		a, err := b.try(path, func(r *http.Request) { r.Method = http.MethodHead })
		if err != nil || a.status != http.StatusOK {
			t.Errorf("HEAD %s: %+v, %v", path, a, err)
		}
	}
}

func debugCatchAll(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.Debug = debugHandler
	s.CatchAll = func(x Exchange) error { return x.Write(http.StatusOK, "the app") }
	b := s.browser()
	for _, path := range slashed() {
		b.get(path).want(http.StatusOK, "GET "+path+" ")
	}
	b.get("/plain").want(http.StatusOK, "plain")
	for _, path := range []string{"/", "/cart", "/cart/7", "/cart/7/items", "/debugger", "/debugger/x", "/debug.html", "/cart/debug", "/cart/debug/session"} {
		b.get(path).want(http.StatusOK, "the app")
	}
}

func debugMounted(t *testing.T, st *suite) {
	for _, catchAll := range []bool{false, true} {
		s := st.newSite(t, config.Config{})
		s.Debug, s.Prefix = debugHandler, "/app"
		if catchAll {
			s.CatchAll = func(x Exchange) error { return x.Write(http.StatusOK, "the app") }
		}
		b := s.browser()
		b.get("/app/set?key=color&value=red").want(http.StatusOK, "set").wantCookie()
		for _, path := range slashed() { // the handler is told of its own part of the path
			b.get("/app"+path).want(http.StatusOK, "GET "+path+" red")
		}
		b.get("/debug/session").wantStatus(http.StatusNotFound)
	}
}

func debugCaught(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.CatchAll = func(x Exchange) error { return x.Write(http.StatusOK, "the app") }
	b := s.browser()
	for _, path := range slashed() {
		b.get(path).want(http.StatusOK, "the app")
	}
}

func debugNamed(t *testing.T, st *suite) {
	for _, prefix := range []string{"", "/app"} {
		s := st.newSite(t, config.Config{})
		s.Debug, s.Prefix = debugHandler, prefix
		for _, path := range []string{"/debug/pprof/cmdline", "/debug/mail", "/debug/a/b"} {
			s.handle(path, func(x Exchange) error { return x.Write(http.StatusOK, "mine: "+path) })
		}
		b := s.browser()
		for _, path := range []string{"/debug/pprof/cmdline", "/debug/mail", "/debug/a/b"} {
			b.get(prefix+path).want(http.StatusOK, "mine: "+path)
		}
		for _, path := range []string{"/debug", "/debug/", "/debug/session", "/debug/a", "/debug/a/c", "/debug/mailbox"} {
			b.get(prefix+path).want(http.StatusOK, "GET "+path+" ")
		}
	}
}

// post sends a form.
func (b *browser) post(path, form string) (*answer, error) {
	return b.try(path, func(r *http.Request) {
		r.Method = http.MethodPost
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(form)), int64(len(form))
	})
}
