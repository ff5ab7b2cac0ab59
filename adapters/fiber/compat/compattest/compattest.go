package compattest

import (
	"encoding/gob"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Session is what a store gives a request.
type Session interface {
	Fresh() bool
	ID() string
	Get(key string) interface{}
	Set(key string, val interface{})
	Delete(key string)
	Destroy() error
	Regenerate() error
	Reset() error
	Save() error
	Keys() []string
	SetExpiry(exp time.Duration)
}

// Store is what is tried.
type Store struct {
	Get    func(c *fiber.Ctx) (Session, error)
	Delete func(id string) error
	Reset  func() error
}

// Settings are those of the Config that a case wants.
type Settings struct {
	Expiration        time.Duration
	KeyLookup         string
	CookieDomain      string
	CookiePath        string
	CookieSecure      bool
	CookieHTTPOnly    bool
	CookieSameSite    string
	CookieSessionOnly bool
}

// Profile is a value of a type that an app has registered.
type Profile struct{ Name string }

type unregistered struct{ Name string }

func init() { gob.Register(Profile{}) }

// Run tries every behaviour on stores that newStore makes.
func Run(t *testing.T, newStore func(t testing.TB, want Settings) Store) {
	t.Helper()
	for name, run := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(want Settings) *site { return &site{t: t, store: newStore(t, want), name: "session_id"} })
		})
	}
}

type start func(Settings) *site

func cases() map[string]func(*testing.T, start) {
	return map[string]func(*testing.T, start){
		"values keep their types":           keepTypes,
		"not saved, not kept":               unsaved,
		"keys and delete":                   keys,
		"fresh":                             fresh,
		"saved several times":               severalSaves,
		"cookie":                            cookie,
		"a cookie until the browser closes": sessionOnly,
		"in a header":                       header,
		"destroy":                           destroy,
		"regenerate":                        regenerate,
		"reset":                             reset,
		"expiry of its own":                 expiry,
		"delete by id":                      deleteByID,
		"reset of the store":                resetStore,
		"an id of the visitor's choice":     strangers,
		"a type that is not registered":     unknownType,
		"the same id in a request":          sameID,
	}
}

// site is a store behind an app, and a browser.
type site struct {
	t        *testing.T
	store    Store
	name     string // of the cookie, or the header
	token    string
	inHeader bool
}

// visit is one request, in which do has the session.
func (s *site) visit(do func(ss Session) error) *http.Response {
	s.t.Helper()
	return s.request(func(c *fiber.Ctx) error {
		ss, err := s.store.Get(c)
		if err != nil {
			return err
		}
		return do(ss)
	})
}

func (s *site) request(h fiber.Handler) *http.Response {
	s.t.Helper()
	app := fiber.New()
	app.Get("/", h)
	r := httptest.NewRequest("GET", "/", nil)
	switch {
	case s.token == "":
	case s.inHeader:
		r.Header.Set(s.name, s.token)
	default:
		r.AddCookie(&http.Cookie{Name: s.name, Value: s.token})
	}
	res, err := app.Test(r, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		s.t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if c := s.sent(res); c != nil {
		if s.token = c.Value; c.MaxAge < 0 {
			s.token = ""
		}
	}
	if v := res.Header.Get(s.name); s.inHeader && v != "" {
		s.token = v
	}
	return res
}

func (s *site) sent(res *http.Response) (found *http.Cookie) {
	s.t.Helper()
	for _, c := range res.Cookies() {
		if c.Name == s.name {
			if found != nil {
				s.t.Error("two cookies on one answer")
			}
			found = c
		}
	}
	return found
}

func (s *site) put(key string, v any) *http.Response {
	s.t.Helper()
	return s.visit(func(ss Session) error {
		ss.Set(key, v)
		return ss.Save()
	})
}

func (s *site) want(key string, v any) {
	s.t.Helper()
	s.visit(func(ss Session) error {
		if got := ss.Get(key); !reflect.DeepEqual(got, v) {
			s.t.Errorf("%q is %T %v, want %T %v", key, got, got, v, v)
		}
		return nil
	})
}

func keepTypes(t *testing.T, start start) {
	s := start(Settings{})
	values := map[string]any{"int": 1, "int64": int64(2), "float": 1.0, "text": "ü", "zip": "\xff", "bool": true, "bytes": []byte{0, 255}, "strings": []string{"a"}, "profile": Profile{"Ada"}, "_flash": "x", "": "empty"}
	s.visit(func(ss Session) error {
		for key, v := range values {
			ss.Set(key, v)
		}
		return ss.Save()
	})
	for key, v := range values {
		s.want(key, v)
	}
	s.want("nothing", nil)
}

func unsaved(t *testing.T, start start) {
	s := start(Settings{})
	if res := s.visit(func(ss Session) error { ss.Set("a", 1); return nil }); s.sent(res) != nil {
		t.Error("a cookie without a Save")
	}
	s.put("b", 2)
	s.visit(func(ss Session) error { ss.Set("b", 3); ss.Delete("b"); return nil })
	s.want("a", nil)
	s.want("b", 2)
}

func keys(t *testing.T, start start) {
	s := start(Settings{})
	s.put("a", 1)
	s.put("b", 2)
	s.visit(func(ss Session) error {
		ss.Delete("a")
		ss.Delete("nothing")
		ss.Set("c", 3)
		got := ss.Keys()
		if slices.Sort(got); !slices.Equal(got, []string{"b", "c"}) {
			t.Errorf("%q", got)
		}
		return ss.Save()
	})
	s.want("a", nil)
	s.want("c", 3)
}

func fresh(t *testing.T, start start) {
	s := start(Settings{})
	for i := range 2 {
		s.visit(func(ss Session) error {
			if ss.Fresh() != (i == 0) {
				t.Errorf("visit %d: fresh %v", i, ss.Fresh())
			}
			ss.Set("a", 1)
			return ss.Save()
		})
	}
}

func severalSaves(t *testing.T, start start) {
	s := start(Settings{})
	s.request(func(c *fiber.Ctx) error {
		for i := range 3 {
			ss, err := s.store.Get(c)
			if err != nil {
				return err
			}
			ss.Set(string(rune('a'+i)), i)
			if err := ss.Save(); err != nil {
				return err
			}
		}
		return nil
	})
	s.want("a", 0)
	s.want("c", 2)
}

func cookie(t *testing.T, start start) {
	s := start(Settings{KeyLookup: "cookie:sid", Expiration: time.Hour, CookiePath: "/", CookieSecure: true, CookieHTTPOnly: true, CookieSameSite: "Strict", CookieDomain: "example.com"})
	s.name = "sid"
	c := s.sent(s.put("a", 1))
	if c == nil || c.Path != "/" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "example.com" || c.MaxAge != 3600 {
		t.Error(c)
	}
	if c = s.sent(s.put("a", 2)); c == nil || c.MaxAge != 3600 { // each Save counts from now
		t.Error(c)
	}
}

func sessionOnly(t *testing.T, start start) {
	s := start(Settings{CookieSessionOnly: true})
	if c := s.sent(s.put("a", 1)); c == nil || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Error(c)
	}
	s.want("a", 1)
}

func header(t *testing.T, start start) {
	s := start(Settings{KeyLookup: "header:X-Session"})
	s.name, s.inHeader = "X-Session", true
	if res := s.put("a", 1); len(res.Cookies()) != 0 || res.Header.Get("X-Session") == "" {
		t.Error(res.Header)
	}
	s.want("a", 1)
	before := s.token
	s.visit(func(ss Session) error { return ss.Destroy() })
	s.token = before
	s.want("a", nil)
}

func unknownType(t *testing.T, start start) {
	s := start(Settings{})
	s.visit(func(ss Session) error {
		ss.Set("x", unregistered{"x"})
		if err := ss.Save(); err == nil {
			t.Error("saved")
		}
		return nil
	})
}

func sameID(t *testing.T, start start) {
	s := start(Settings{})
	s.request(func(c *fiber.Ctx) error {
		one, err := s.store.Get(c)
		if err != nil {
			return err
		}
		id := one.ID()
		one.Set("a", 1)
		if err := one.Save(); err != nil {
			return err
		}
		two, err := s.store.Get(c)
		if err == nil && (two.ID() != id || two.Get("a") != 1) {
			t.Error("another session in one request")
		}
		return err
	})
}
