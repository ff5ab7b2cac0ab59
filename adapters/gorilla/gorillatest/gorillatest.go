// Package gorillatest reports whether a store for gorilla/sessions behaves as the
// stores that come with it. Its tests run it on those as well, so that "the same"
// is tried and not claimed.
package gorillatest

import (
	"encoding/gob"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/sessions"
)

// Profile is a value of a type that an app has registered with encoding/gob.
type Profile struct {
	Name  string
	Since time.Time
}

type unregistered struct{ Name string }

func init() { gob.Register(&Profile{}) }

// Run tries every behaviour on the stores that newStore makes. onServer is for
// those whose sessions are not in the cookie itself.
func Run(t *testing.T, newStore func(t testing.TB) sessions.Store, onServer bool) {
	t.Helper()
	for name, run := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(&site{t: t, store: newStore(t), onServer: onServer})
		})
	}
}

// name is that of the session, the cookie's too.
const name = "app"

func cases() map[string]func(*site) {
	return map[string]func(*site){
		"values keep their types":           keepsTypes,
		"keys of any type":                  anyKeys,
		"nil is a value":                    nilValues,
		"not saved, not kept":               unsaved,
		"saved several times":               severalSaves,
		"the same object in a request":      sameObject,
		"New beside Get":                    newBesideGet,
		"flashes are shown once":            flashes,
		"flashes of several kinds":          flashKinds,
		"an id":                             ids,
		"deleted with MaxAge below 0":       deleted,
		"options of its own":                options,
		"a cookie until the browser closes": untilClosed,
		"a cookie of somebody else's":       strangers,
		"a type that is not registered":     unknownType,
		"two names":                         twoNames,
		"sessions.Save saves all":           saveAll,
		"deleted keys":                      deletedKeys,
	}
}

// site is a store behind a server, and a browser.
type site struct {
	t        *testing.T
	store    sessions.Store
	onServer bool
	jar      http.CookieJar
}

// visit is one request, in which do has the session.
func (s *site) visit(do func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error) *http.Response {
	s.t.Helper()
	return s.request(func(r *http.Request, w http.ResponseWriter) error {
		ss, err := s.store.Get(r, name)
		if err != nil {
			return err
		}
		return do(r, w, ss)
	})
}

func (s *site) request(do func(r *http.Request, w http.ResponseWriter) error) *http.Response {
	s.t.Helper()
	var failed error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { failed = do(r, w) }))
	defer server.Close()
	if s.jar == nil {
		s.jar, _ = cookiejar.New(nil)
	}
	res, err := (&http.Client{Jar: insecure{s.jar}, Transport: server.Client().Transport}).Get(server.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	if failed != nil {
		s.t.Fatal(failed)
	}
	return res
}

// insecure takes cookies with Secure over plain http too.
type insecure struct{ http.CookieJar }

func (j insecure) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		c.Secure = false
	}
	j.CookieJar.SetCookies(u, cookies)
}

// put saves values.
func (s *site) put(values map[any]any) *http.Response {
	s.t.Helper()
	return s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		for k, v := range values {
			ss.Values[k] = v
		}
		return ss.Save(r, w)
	})
}

// want looks what the next request has.
func (s *site) want(values map[any]any) {
	s.t.Helper()
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		if len(values) != len(ss.Values) || len(values) > 0 && !reflect.DeepEqual(ss.Values, values) {
			s.t.Errorf("the session has %#v, want %#v", ss.Values, values)
		}
		return nil
	})
}

// cookies are the answer's of the session's name.
func cookies(res *http.Response, name string) []*http.Cookie {
	var found []*http.Cookie
	for _, c := range res.Cookies() {
		if c.Name == name {
			found = append(found, c)
		}
	}
	return found
}

func unsaved(s *site) {
	s.put(map[any]any{"a": 1})
	s.visit(func(_ *http.Request, _ http.ResponseWriter, ss *sessions.Session) error {
		ss.Values["b"] = 2
		return nil
	})
	s.want(map[any]any{"a": 1})
}

func severalSaves(s *site) {
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		for i := range 3 {
			ss.Values["n"] = i
			if err := ss.Save(r, w); err != nil {
				return err
			}
		}
		return nil
	})
	s.want(map[any]any{"n": 2})
}

func sameObject(s *site) {
	s.request(func(r *http.Request, w http.ResponseWriter) error {
		one, err := s.store.Get(r, name)
		if err != nil || !one.IsNew {
			s.t.Error("new:", one.IsNew, err)
		}
		two, err := s.store.Get(r.WithContext(r.Context()), name)
		if one != two || err != nil || one.Name() != name {
			s.t.Error("two objects of one request", err)
		}
		one.Values["a"] = 1
		return two.Save(r, w)
	})
	s.visit(func(_ *http.Request, _ http.ResponseWriter, ss *sessions.Session) error {
		if ss.IsNew {
			s.t.Error("what was saved is new")
		}
		return nil
	})
}

func ids(s *site) {
	if !s.onServer {
		s.t.Skip("a session in the cookie has none")
	}
	var id string
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.Values["a"] = 1
		err := ss.Save(r, w)
		id = ss.ID
		return err
	})
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		if ss.ID != id || id == "" {
			s.t.Errorf("id %q, then %q", id, ss.ID)
		}
		return nil
	})
}

func deleted(s *site) {
	s.put(map[any]any{"a": 1})
	res := s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.Options.MaxAge = -1
		return ss.Save(r, w)
	})
	if c := cookies(res, name); len(c) != 1 || c[0].MaxAge >= 0 {
		s.t.Errorf("cookies %v", c)
	}
	s.want(nil)
}

func options(s *site) {
	res := s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.Options = &sessions.Options{Path: "/shop", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteStrictMode}
		ss.Values["a"] = 1
		return ss.Save(r, w)
	})
	c := cookies(res, name)
	if len(c) != 1 || c[0].Path != "/shop" || c[0].MaxAge != 60 || !c[0].HttpOnly || c[0].Secure || c[0].SameSite != http.SameSiteStrictMode || c[0].Expires.IsZero() {
		s.t.Errorf("%v", c)
	}
	s.visit(func(_ *http.Request, _ http.ResponseWriter, ss *sessions.Session) error {
		if ss.Options.Path != "/" {
			s.t.Error("the options of one session are those of all")
		}
		return nil
	})
}

func untilClosed(s *site) {
	if s.onServer {
		s.t.Skip("stores on a server delete the session then")
	}
	res := s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.Options.MaxAge = 0
		ss.Values["a"] = 1
		return ss.Save(r, w)
	})
	if c := cookies(res, name); len(c) != 1 || c[0].MaxAge != 0 || !c[0].Expires.IsZero() {
		s.t.Errorf("%v", c)
	}
	s.want(map[any]any{"a": 1})
}

// Whatever Get says of it, there is a session to go on with.
func strangers(s *site) {
	for _, value := range []string{"", "nonsense", strings.Repeat("A", 5000), "MTcwMDAwMDAwMHxhYmN8ZGVm"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", name+"="+value)
		ss, _ := s.store.Get(r, name)
		if ss == nil || !ss.IsNew || len(ss.Values) != 0 {
			s.t.Fatalf("%.20q: %+v", value, ss)
		}
		w := httptest.NewRecorder()
		ss.Values["a"] = 1
		if err := ss.Save(r, w); err != nil || len(cookies(w.Result(), name)) != 1 {
			s.t.Errorf("%.20q: %v, %v", value, err, w.Header())
		}
	}
}

func twoNames(s *site) {
	s.request(func(r *http.Request, w http.ResponseWriter) error {
		for _, name := range []string{"one", "two"} {
			ss, err := s.store.Get(r, name)
			if err != nil {
				return err
			}
			ss.Values["name"] = name
			if err := ss.Save(r, w); err != nil {
				return err
			}
		}
		return nil
	})
	s.request(func(r *http.Request, _ http.ResponseWriter) error {
		for _, name := range []string{"one", "two"} {
			if ss, err := s.store.Get(r, name); err != nil || ss.Values["name"] != name {
				s.t.Errorf("%s has %v, %v", name, ss.Values, err)
			}
		}
		return nil
	})
}

func saveAll(s *site) {
	s.request(func(r *http.Request, w http.ResponseWriter) error {
		for _, name := range []string{"one", "two"} {
			ss, _ := s.store.Get(r, name)
			ss.Values["a"] = name
		}
		return sessions.Save(r, w)
	})
	s.request(func(r *http.Request, _ http.ResponseWriter) error {
		if ss, err := s.store.Get(r, "two"); err != nil || ss.Values["a"] != "two" {
			s.t.Error(ss.Values, err)
		}
		return nil
	})
}
