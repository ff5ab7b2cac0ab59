package compattest

import (
	"context"
	"encoding/gob"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
)

// Values are what a session and the middleware have in common.
type Values interface {
	Fresh() bool
	ID() string
	Get(key any) any
	Set(key, val any)
	Delete(key any)
	Keys() []any
	Destroy() error
	Regenerate() error
	Reset() error
}

// Session is what a store gives a request.
type Session interface {
	Values
	Save() error
	SetIdleTimeout(idleTimeout time.Duration)
	Release()
}

// Site is what is tried: a middleware and its store.
type Site struct {
	Handler     fiber.Handler
	FromContext func(c fiber.Ctx) (Values, Session) // nil for none
	Get         func(c fiber.Ctx) (Session, error)
	GetByID     func(ctx context.Context, id string) (Session, error)
	Delete      func(ctx context.Context, id string) error
	Reset       func(ctx context.Context) error

	// The errors of its package.
	ErrEmptyID, ErrNotFound, ErrAlreadyLoaded error
}

// Settings are those of the Config that a case wants.
type Settings struct {
	Next              func(c fiber.Ctx) bool
	ErrorHandler      func(fiber.Ctx, error)
	Extractor         extractors.Extractor
	IdleTimeout       time.Duration
	AbsoluteTimeout   time.Duration
	CookieDomain      string
	CookiePath        string
	CookieSameSite    string
	CookieSecure      bool
	CookieHTTPOnly    bool
	CookieSessionOnly bool
}

// Profile is a value, and Key a key, of a type that an app has registered.
type (
	Profile struct{ Name string }
	Key     int
)

type unregistered struct{ Name string }

func init() {
	gob.Register(Profile{})
	gob.Register(Key(0))
}

// Run tries every behaviour on sites that newSite makes.
func Run(t *testing.T, newSite func(t testing.TB, want Settings) Site) {
	t.Helper()
	for name, run := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(want Settings) *browser { return &browser{t: t, site: newSite(t, want), name: "session_id"} })
		})
	}
}

type start func(Settings) *browser

func cases() map[string]func(*testing.T, start) {
	return map[string]func(*testing.T, start){
		"values keep their types":           keepTypes,
		"not saved, not kept":               unsaved,
		"keys and delete":                   keys,
		"keys that are no strings":          otherKeys,
		"fresh":                             fresh,
		"saved several times":               severalSaves,
		"cookie":                            cookie,
		"a cookie for other sites":          sameSiteNone,
		"a cookie until the browser closes": sessionOnly,
		"in a header":                       header,
		"in a header or a cookie":           chain,
		"destroy":                           destroy,
		"regenerate":                        regenerate,
		"reset":                             reset,
		"an idle time of its own":           idle,
		"by id":                             byID,
		"reset of the store":                resetStore,
		"an id of the visitor's choice":     strangers,
		"a type that is not registered":     unknownType,
		"the middleware saves":              middlewareSaves,
		"the middleware and an error":       middlewareError,
		"the middleware's destroy":          middlewareDestroy,
		"the middleware cannot save":        middlewareFails,
		"behind the middleware":             behind,
		"left out by Next":                  next,
	}
}

// browser keeps the token of a site.
type browser struct {
	t        *testing.T
	site     Site
	name     string // of the cookie, or the header
	token    string
	inHeader bool
}

// visit is one request, in which do has the session from the store.
func (b *browser) visit(do func(ss Session) error) *http.Response {
	b.t.Helper()
	return b.request(http.StatusOK, func(c fiber.Ctx) error {
		ss, err := b.site.Get(c)
		if err != nil {
			return err
		}
		defer ss.Release()
		return do(ss)
	})
}

// pass is one request, in which do has the session from the middleware.
func (b *browser) pass(status int, do func(v Values, ss Session) error) *http.Response {
	b.t.Helper()
	return b.request(status, b.site.Handler, func(c fiber.Ctx) error { return do(b.site.FromContext(c)) })
}

func (b *browser) request(status int, handlers ...fiber.Handler) *http.Response {
	b.t.Helper()
	app := fiber.New()
	for _, h := range handlers[:len(handlers)-1] {
		app.Use(h)
	}
	app.Get("/", handlers[len(handlers)-1])
	r := httptest.NewRequest("GET", "/", nil)
	switch {
	case b.token == "":
	case b.inHeader:
		r.Header.Set(b.name, b.token)
	default:
		r.AddCookie(&http.Cookie{Name: b.name, Value: b.token})
	}
	res, err := app.Test(r, fiber.TestConfig{})
	if err != nil {
		b.t.Fatal(err)
	}
	if body, _ := io.ReadAll(res.Body); res.StatusCode != status {
		b.t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if c := b.sent(res); c != nil {
		if b.token = c.Value; c.MaxAge < 0 {
			b.token = ""
		}
	}
	if v := res.Header.Get(b.name); b.inHeader && v != "" {
		b.token = v
	}
	return res
}

func (b *browser) sent(res *http.Response) (found *http.Cookie) {
	b.t.Helper()
	for _, c := range res.Cookies() {
		if c.Name == b.name {
			if found != nil {
				b.t.Error("two cookies on one answer")
			}
			found = c
		}
	}
	return found
}

func (b *browser) put(key, v any) *http.Response {
	b.t.Helper()
	return b.visit(func(ss Session) error {
		ss.Set(key, v)
		return ss.Save()
	})
}

func (b *browser) want(key, v any) {
	b.t.Helper()
	b.visit(func(ss Session) error {
		if got := ss.Get(key); !reflect.DeepEqual(got, v) {
			b.t.Errorf("%q is %T %v, want %T %v", key, got, got, v, v)
		}
		return nil
	})
}
