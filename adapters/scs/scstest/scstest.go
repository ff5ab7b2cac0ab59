// Package scstest tells whether a session manager with the method set of
// alexedwards/scs/v2 behaves as that one does. It knows neither, so that it can be
// run on both: "the same" is tried and not claimed.
package scstest

import (
	"context"
	"encoding/gob"
	"errors"
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

func keepTypes(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 5, time.UTC)
	values := map[string]any{
		"int": 1, "int64": int64(2), "int32": int32(3), "float": 1.0, "text": "ü", "zip": "\xff", "bool": true, "bytes": []byte{0, 255},
		"time": at, "strings": []string{"a"}, "profile": Profile{"Ada"}, "uint8": uint8(9),
	}
	s.visit(func(ctx context.Context) {
		for key, v := range values {
			s.Put(ctx, key, v)
		}
	})
	for key, v := range values {
		s.want(key, v)
	}
	s.want("nothing", nil)
}

func getters(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	s.visit(func(ctx context.Context) {
		for key, v := range map[string]any{"s": "a", "b": true, "i": 1, "i64": int64(2), "i32": int32(3), "f": 1.5, "bs": []byte("x"), "t": at} {
			s.Put(ctx, key, v)
		}
	})
	s.visit(func(ctx context.Context) {
		got := []any{s.GetString(ctx, "s"), s.GetBool(ctx, "b"), s.GetInt(ctx, "i"), s.GetInt64(ctx, "i64"), s.GetInt32(ctx, "i32"), s.GetFloat(ctx, "f"), string(s.GetBytes(ctx, "bs")), s.GetTime(ctx, "t").Equal(at)}
		if want := []any{"a", true, 1, int64(2), int32(3), 1.5, "x", true}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		none := []any{s.GetString(ctx, "i"), s.GetBool(ctx, "s"), s.GetInt(ctx, "s"), s.GetInt64(ctx, "i"), s.GetInt32(ctx, "i"), s.GetFloat(ctx, "i"), string(s.GetBytes(ctx, "s")), s.GetTime(ctx, "s").IsZero()}
		if want := []any{"", false, 0, int64(0), int32(0), 0.0, "", true}; !reflect.DeepEqual(none, want) {
			t.Errorf("of another type: %v, want %v", none, want)
		}
	})
}

func pops(t *testing.T, start start) {
	s := start(Settings{})
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	s.visit(func(ctx context.Context) {
		for key, v := range map[string]any{"s": "a", "b": true, "i": 1, "f": 1.5, "bs": []byte("x"), "t": at, "any": Profile{"Ada"}} {
			s.Put(ctx, key, v)
		}
		s.Put(ctx, "now", "n")
		if got := s.PopString(ctx, "now"); got != "n" {
			t.Errorf("%q", got)
		}
	})
	s.visit(func(ctx context.Context) {
		got := []any{s.PopString(ctx, "s"), s.PopBool(ctx, "b"), s.PopInt(ctx, "i"), s.PopFloat(ctx, "f"), string(s.PopBytes(ctx, "bs")), s.PopTime(ctx, "t").Equal(at), s.Pop(ctx, "any"), s.Pop(ctx, "nothing")}
		if want := []any{"a", true, 1, 1.5, "x", true, Profile{"Ada"}, nil}; !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if s.Exists(ctx, "s") {
			t.Error("it is still there")
		}
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); len(keys) != 0 {
			t.Errorf("%q are still there", keys)
		}
	})
}

func removal(t *testing.T, start start) {
	s := start(Settings{})
	s.visit(func(ctx context.Context) {
		for _, key := range []string{"c", "a", "b"} {
			s.Put(ctx, key, key)
		}
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"a", "b", "c"}) {
			t.Errorf("%q", keys)
		}
	})
	s.visit(func(ctx context.Context) {
		s.Remove(ctx, "b")
		s.Remove(ctx, "nothing")
		if s.Exists(ctx, "b") || !s.Exists(ctx, "a") {
			t.Error("what exists")
		}
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"a", "c"}) {
			t.Errorf("%q", keys)
		}
		if err := s.Clear(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "new", 1)
	})
	s.visit(func(ctx context.Context) {
		if keys := s.Keys(ctx); !slices.Equal(keys, []string{"new"}) {
			t.Errorf("%q", keys)
		}
	})
}

func names(t *testing.T, start start) {
	s := start(Settings{})
	for _, key := range []string{"_flash", "__csrf", "", "~", "a b", "ü", "{}", `"`} {
		s.put(key, "x"+key)
		s.want(key, "x"+key)
	}
}

func sameObject(t *testing.T, start start) {
	s := start(Settings{})
	s.visit(func(ctx context.Context) {
		v := []string{"a"}
		s.Put(ctx, "v", v)
		v[0] = "b" // before it is saved
		if got := s.Get(ctx, "v"); !reflect.DeepEqual(got, v) {
			t.Errorf("%v", got)
		}
	})
	s.want("v", []string{"b"})
}

func pointers(t *testing.T, start start) {
	s := start(Settings{})
	s.put("v", []string{"a"})
	s.visit(func(ctx context.Context) {
		s.Get(ctx, "v").([]string)[0] = "b"
		s.Put(ctx, "other", 1)
	})
	s.want("v", []string{"b"})
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

func destroy(t *testing.T, start start) {
	s := start(Settings{})
	token := s.sent(s.put("a", 1), "session").Value
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
		if s.Get(ctx, "a") != nil {
			t.Error("values after the end")
		}
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge >= 0 || c.Value != "" {
		t.Error(c)
	}
	s.want("a", nil)
	ctx, err := s.Load(t.Context(), token)
	if err != nil || s.Get(ctx, "a") != nil {
		t.Error("the token still leads to it", err)
	}
}

func destroyThenPut(t *testing.T, start start) {
	s := start(Settings{})
	before := s.sent(s.put("a", 1), "session")
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "b", 2)
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge < 0 || c.Value == before.Value {
		t.Error(c)
	}
	s.want("a", nil)
	s.want("b", 2)
}

func destroyNothing(t *testing.T, start start) {
	s := start(Settings{})
	res := s.visit(func(ctx context.Context) {
		if err := s.Destroy(ctx); err != nil {
			t.Error(err)
		}
	})
	if c := s.sent(res, "session"); c == nil || c.MaxAge >= 0 {
		t.Error(c)
	}
}

func renew(t *testing.T, start start) {
	s := start(Settings{})
	before := s.sent(s.put("a", 1), "session")
	res := s.visit(func(ctx context.Context) {
		s.Put(ctx, "early", 1)
		if err := s.RenewToken(ctx); err != nil {
			t.Error(err)
		}
		s.Put(ctx, "late", 1)
	})
	if c := s.sent(res, "session"); c == nil || c.Value == before.Value {
		t.Error(c)
	}
	for _, key := range []string{"a", "early", "late"} {
		s.want(key, 1)
	}
	ctx, err := s.Load(t.Context(), before.Value)
	if err != nil || len(s.Keys(ctx)) > 0 {
		t.Error("the old token still leads to it", err)
	}
	fresh := start(Settings{}) // before anything is stored
	fresh.visit(func(ctx context.Context) {
		if err := fresh.RenewToken(ctx); err != nil {
			t.Error(err)
		}
		fresh.Put(ctx, "user", "ada")
	})
	fresh.want("user", "ada")
}

func lifetime(t *testing.T, start start) {
	s := start(Settings{Lifetime: 50 * time.Millisecond})
	s.put("a", 1)
	eventually(t, "the end of a lifetime", func() (gone bool) {
		s.visit(func(ctx context.Context) { gone = !s.Exists(ctx, "a") })
		return gone
	})
}

func idle(t *testing.T, start start) {
	s := start(Settings{IdleTimeout: 100 * time.Millisecond})
	s.put("a", 1)
	eventually(t, "the end of an idle session", func() (gone bool) {
		time.Sleep(120 * time.Millisecond) // unused for longer than it may be
		s.visit(func(ctx context.Context) { gone = !s.Exists(ctx, "a") })
		return gone
	})
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}

func deadline(t *testing.T, start start) {
	s := start(Settings{Lifetime: time.Hour})
	until := time.Now().Add(10 * time.Minute).Truncate(time.Second)
	c := s.sent(s.visit(func(ctx context.Context) {
		if left := time.Until(s.Deadline(ctx)); left < 59*time.Minute || left > time.Hour {
			t.Error("a new session has", left)
		}
		s.Put(ctx, "a", 1)
		s.SetDeadline(ctx, until)
		if got := s.Deadline(ctx); !got.Equal(until) {
			t.Errorf("%v, want %v", got, until)
		}
	}), "session")
	if c == nil || c.MaxAge < 590 || c.MaxAge > 601 {
		t.Error(c)
	}
	s.visit(func(ctx context.Context) {
		if got := s.Deadline(ctx); got.Sub(until).Abs() > time.Second {
			t.Errorf("%v, want %v", got, until)
		}
	})
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

func merge(t *testing.T, start start) {
	s := start(Settings{})
	token := func(key string) string {
		ctx, _ := s.Load(t.Context(), "")
		s.Put(ctx, key, key)
		s.Put(ctx, "both", key)
		token, _, err := s.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	one, two := token("one"), token("two")
	ctx, _ := s.Load(t.Context(), one)
	for _, from := range []string{"nonsense", one, two} {
		if err := s.MergeSession(ctx, from); err != nil {
			t.Error(from, err)
		}
	}
	if got, _, err := s.Commit(ctx); got != one || err != nil {
		t.Error(got, err)
	}
	ctx, _ = s.Load(t.Context(), one)
	if s.GetString(ctx, "one") != "one" || s.GetString(ctx, "two") != "two" || s.GetString(ctx, "both") != "two" {
		t.Error(s.Keys(ctx))
	}
	if ctx, _ = s.Load(t.Context(), two); len(s.Keys(ctx)) != 0 {
		t.Error("what was merged is still there")
	}
}

func iterate(t *testing.T, start start) {
	s := start(Settings{})
	for i := range 3 {
		ctx, _ := s.Load(t.Context(), "")
		s.Put(ctx, "n", i)
		if _, _, err := s.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	each := func(do func(ctx context.Context) error) (seen []int) {
		if err := s.Iterate(t.Context(), func(ctx context.Context) error {
			seen = append(seen, s.GetInt(ctx, "n"))
			return do(ctx)
		}); err != nil {
			t.Error(err)
		}
		slices.Sort(seen)
		return seen
	}
	if seen := each(func(ctx context.Context) error {
		if s.GetInt(ctx, "n") == 1 {
			return s.Destroy(ctx)
		}
		return nil
	}); !slices.Equal(seen, []int{0, 1, 2}) {
		t.Error(seen)
	}
	if seen := each(func(context.Context) error { return nil }); !slices.Equal(seen, []int{0, 2}) {
		t.Error(seen)
	}
	stop := errors.New("stop")
	if err := s.Iterate(t.Context(), func(context.Context) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func unknownType(t *testing.T, start start) {
	s := start(Settings{})
	res := s.put("x", unregistered{"x"})
	if res.StatusCode != http.StatusInternalServerError || s.sent(res, "session") != nil {
		t.Error(res.StatusCode)
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
