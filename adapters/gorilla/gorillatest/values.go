package gorillatest

import (
	"net/http"
	"reflect"
	"time"

	"github.com/gorilla/sessions"
)

func keepsTypes(s *site) {
	values := map[any]any{
		"int": 1, "int64": int64(2), "float": 1.0, "text": "a", "zip": "\x1f\x8b\xff", "bool": true, "bytes": []byte{0, 255},
		"strings": []string{"a"}, "profile": &Profile{"Ada", time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}, "list": []any{1, "a"},
	}
	s.put(values)
	s.want(values)
	s.put(map[any]any{"int": 5})
	values["int"] = 5
	s.want(values)
}

func anyKeys(s *site) {
	values := map[any]any{1: "int", int64(1): "int64", true: "bool", "1": "text", "_flash": []any{"x"}, "": "empty", "~": "tilde"}
	s.put(values)
	s.want(values)
}

func nilValues(s *site) {
	if _, isCookie := s.store.(*sessions.CookieStore); isCookie || s.onServer {
		s.put(map[any]any{"user": "ada"})
		s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
			ss.Values["user"] = ""
			return ss.Save(r, w)
		})
		s.want(map[any]any{"user": ""})
	}
}

// As gothic does.
func newBesideGet(s *site) {
	s.request(func(r *http.Request, w http.ResponseWriter) error {
		ss, err := s.store.New(r, name)
		if err != nil {
			return err
		}
		ss.Values["state"] = "x"
		return ss.Save(r, w)
	})
	s.want(map[any]any{"state": "x"})
}

func flashes(s *site) {
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.AddFlash("one")
		ss.AddFlash(2)
		return ss.Save(r, w)
	})
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		if got := ss.Flashes(); !reflect.DeepEqual(got, []any{"one", 2}) {
			s.t.Errorf("%v", got)
		}
		return ss.Save(r, w)
	})
	s.visit(func(_ *http.Request, _ http.ResponseWriter, ss *sessions.Session) error {
		if got := ss.Flashes(); len(got) > 0 {
			s.t.Errorf("shown again: %v", got)
		}
		return nil
	})
}

func flashKinds(s *site) {
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.AddFlash("bad", "error")
		ss.AddFlash("good")
		return ss.Save(r, w)
	})
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		if got := ss.Flashes("error"); !reflect.DeepEqual(got, []any{"bad"}) {
			s.t.Errorf("%v", got)
		}
		return ss.Save(r, w)
	})
	s.want(map[any]any{"_flash": []any{"good"}})
}

func unknownType(s *site) {
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		ss.Values["x"] = unregistered{"x"}
		if err := ss.Save(r, w); err == nil || len(w.Header()["Set-Cookie"]) > 0 {
			s.t.Errorf("saved: %v, %v", err, w.Header())
		}
		return nil
	})
}

func deletedKeys(s *site) {
	s.put(map[any]any{"a": 1, "b": 2})
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		delete(ss.Values, "a")
		return ss.Save(r, w)
	})
	s.want(map[any]any{"b": 2})
	s.visit(func(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
		clear(ss.Values)
		return ss.Save(r, w)
	})
	s.want(nil)
}
