// Package scstest reports whether a session manager with the method set of
// alexedwards/scs/v2 behaves as that one does. It knows neither, so that it can be
// run on both: "the same" is tried and not claimed.
package scstest

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// Manager is what is tried.
type Manager interface {
	LoadAndSave(http.Handler) http.Handler
	Load(ctx context.Context, token string) (context.Context, error)
	Commit(ctx context.Context) (string, time.Time, error)
	WriteSessionCookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time)
	Destroy(ctx context.Context) error
	Put(ctx context.Context, key string, val any)
	Get(ctx context.Context, key string) any
	Pop(ctx context.Context, key string) any
	Remove(ctx context.Context, key string)
	Clear(ctx context.Context) error
	Exists(ctx context.Context, key string) bool
	Keys(ctx context.Context) []string
	RenewToken(ctx context.Context) error
	MergeSession(ctx context.Context, token string) error
	GetString(ctx context.Context, key string) string
	GetBool(ctx context.Context, key string) bool
	GetInt(ctx context.Context, key string) int
	GetInt64(ctx context.Context, key string) int64
	GetInt32(ctx context.Context, key string) int32
	GetFloat(ctx context.Context, key string) float64
	GetBytes(ctx context.Context, key string) []byte
	GetTime(ctx context.Context, key string) time.Time
	PopString(ctx context.Context, key string) string
	PopBool(ctx context.Context, key string) bool
	PopInt(ctx context.Context, key string) int
	PopFloat(ctx context.Context, key string) float64
	PopBytes(ctx context.Context, key string) []byte
	PopTime(ctx context.Context, key string) time.Time
	RememberMe(ctx context.Context, val bool)
	Iterate(ctx context.Context, fn func(context.Context) error) error
	Deadline(ctx context.Context) time.Time
	SetDeadline(ctx context.Context, expire time.Time)
	Token(ctx context.Context) string
}

// Settings are the fields of the manager that a case wants; the others have their
// defaults.
type Settings struct {
	Lifetime, IdleTimeout time.Duration // 0: the default
	UntilClosed           bool          // Persist is off
	Cookie                string        // its name; "" for the default
}

// Profile is a value of a type that an app has registered with encoding/gob.
type Profile struct{ Name string }

type unregistered struct{ Name string }

func init() {
	gob.Register(Profile{})
	gob.Register(time.Time{}) // which scs needs
}

// Run tries every behaviour on managers that newManager makes, each on a store of
// its own.
func Run(t *testing.T, newManager func(t testing.TB, want Settings) Manager) {
	t.Helper()
	for name, run := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(want Settings) *site {
				m := newManager(t, want)
				jar, _ := cookiejar.New(nil)
				return &site{t: t, Manager: m, client: http.Client{Jar: jar}}
			})
		})
	}
}

type start func(Settings) *site

func cases() map[string]func(*testing.T, start) {
	return map[string]func(*testing.T, start){
		"values keep their types":          keepTypes,
		"typed getters":                    getters,
		"pop":                              pops,
		"remove, clear, exists, keys":      removal,
		"names the kit keeps":              names,
		"the same object in a request":     sameObject,
		"changed behind a pointer":         pointers,
		"nothing put, no cookie":           noCookie,
		"cookie":                           cookie,
		"remember me":                      remembers,
		"destroy":                          destroy,
		"destroy, then put":                destroyThenPut,
		"destroy without a session":        destroyNothing,
		"renew token":                      renew,
		"lifetime":                         lifetime,
		"idle timeout":                     idle,
		"deadline":                         deadline,
		"load and commit by hand":          byHand,
		"a token that leads nowhere":       strangers,
		"merge":                            merge,
		"iterate":                          iterate,
		"a type that is not registered":    unknownType,
		"saved before the headers leave":   beforeHeaders,
		"applied twice":                    twice,
		"without the middleware it panics": without,
	}
}

// site is a manager behind a server, and a browser.
type site struct {
	Manager
	t      *testing.T
	client http.Client
}

// visit is one request, in which do has the context.
func (s *site) visit(do func(ctx context.Context)) *http.Response {
	s.t.Helper()
	return s.serve(func(w http.ResponseWriter, r *http.Request) { do(r.Context()) })
}

func (s *site) serve(h http.HandlerFunc) *http.Response {
	s.t.Helper()
	server := httptest.NewServer(s.LoadAndSave(h))
	defer server.Close()
	res, err := s.client.Get(server.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	return res
}

func (s *site) put(key string, v any) *http.Response {
	s.t.Helper()
	return s.visit(func(ctx context.Context) { s.Put(ctx, key, v) })
}

func (s *site) want(key string, v any) {
	s.t.Helper()
	s.visit(func(ctx context.Context) {
		if got := s.Get(ctx, key); !reflect.DeepEqual(got, v) {
			s.t.Errorf("%q is %T %v, want %T %v", key, got, got, v, v)
		}
	})
}

// sent is the answer's cookie, nil for none.
func (s *site) sent(res *http.Response, name string) *http.Cookie {
	s.t.Helper()
	var found *http.Cookie
	for _, c := range res.Cookies() {
		if c.Name == name {
			if found != nil {
				s.t.Error("two cookies on one answer")
			}
			found = c
		}
	}
	return found
}

func noCookie(t *testing.T, start start) {
	s := start(Settings{})
	res := s.visit(func(ctx context.Context) { s.Get(ctx, "a"); s.Remove(ctx, "a"); s.Pop(ctx, "a"); s.Clear(ctx) })
	if c := s.sent(res, "session"); c != nil {
		t.Error(c)
	}
	if !slices.Contains(res.Header["Vary"], "Cookie") {
		t.Error("Vary", res.Header["Vary"])
	}
}

func cookie(t *testing.T, start start) {
	s := start(Settings{Cookie: "sid", Lifetime: time.Hour})
	c := s.sent(s.put("a", 1), "sid")
	if c == nil || c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge < 3599 || c.MaxAge > 3601 || c.Expires.IsZero() {
		t.Error(c)
	}
	c = s.sent(start(Settings{UntilClosed: true}).put("a", 1), "session")
	if c == nil || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Error(c)
	}
}

func remembers(t *testing.T, start start) {
	s := start(Settings{UntilClosed: true})
	c := s.sent(s.visit(func(ctx context.Context) { s.RememberMe(ctx, true) }), "session")
	if c == nil || c.MaxAge == 0 {
		t.Error("remembered", c)
	}
	c = s.sent(s.visit(func(ctx context.Context) { s.RememberMe(ctx, false) }), "session")
	if c == nil || c.MaxAge != 0 {
		t.Error("not remembered", c)
	}
}

func byHand(t *testing.T, start start) {
	s := start(Settings{})
	ctx, err := s.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Load(ctx, "x"); again != ctx || err != nil {
		t.Error("a context that has a session gets another", err)
	}
	if token := s.Token(ctx); token != "" {
		t.Errorf("token %q of what is not stored", token)
	}
	s.Put(ctx, "a", 1)
	token, expiry, err := s.Commit(ctx)
	if err != nil || token == "" || token != s.Token(ctx) || time.Until(expiry) < 23*time.Hour {
		t.Fatal(token, expiry, err)
	}
	s.Put(ctx, "b", 2)
	if next, _, err := s.Commit(ctx); next != token || err != nil {
		t.Error("another token", err)
	}
	w := httptest.NewRecorder()
	s.WriteSessionCookie(ctx, w, token, expiry)
	if c := w.Result().Cookies(); len(c) != 1 || c[0].Value != token || c[0].MaxAge <= 0 {
		t.Error(c)
	}
	ctx, err = s.Load(t.Context(), token)
	if err != nil || s.GetInt(ctx, "a") != 1 || s.GetInt(ctx, "b") != 2 || s.Token(ctx) != token {
		t.Error(s.Keys(ctx), err)
	}
}

func strangers(t *testing.T, start start) {
	s := start(Settings{})
	for _, token := range []string{"nonsense", strings.Repeat("A", 43)} {
		ctx, err := s.Load(t.Context(), token)
		if err != nil || len(s.Keys(ctx)) != 0 {
			t.Error(err)
		}
		s.Put(ctx, "a", 1)
		if got, _, err := s.Commit(ctx); got == token || got == "" || err != nil {
			t.Errorf("a token of the visitor's choice: %q, %v", got, err)
		}
	}
}

func beforeHeaders(t *testing.T, start start) {
	for name, answer := range map[string]http.HandlerFunc{
		"write":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") },
		"status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
		"nothing": func(http.ResponseWriter, *http.Request) {},
	} {
		s := start(Settings{})
		s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res := s.serve(func(w http.ResponseWriter, r *http.Request) {
			s.Put(r.Context(), "a", name)
			answer(w, r)
		})
		if s.sent(res, "session") == nil {
			t.Errorf("%s: no cookie", name)
		}
		s.want("a", name)
	}
}

func twice(t *testing.T, start start) {
	s := start(Settings{})
	server := httptest.NewServer(s.LoadAndSave(s.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Put(r.Context(), "n", s.GetInt(r.Context(), "n")+1)
		fmt.Fprint(w, s.GetInt(r.Context(), "n"))
	}))))
	defer server.Close()
	for _, want := range []string{"1", "2"} {
		res, err := s.client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(body) != want {
			t.Errorf("%s, want %s", body, want)
		}
	}
}

func without(t *testing.T, start start) {
	s := start(Settings{})
	defer func() {
		if recover() == nil {
			t.Error("it does not")
		}
	}()
	s.Get(t.Context(), "a")
}
