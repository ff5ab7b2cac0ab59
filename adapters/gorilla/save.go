package gorilla

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/sessions"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// browserSession is how long a session is kept whose cookie goes when the browser
// is closed, which nobody is told of.
const browserSession = 30 * 24 * time.Hour

// Save implements [sessions.Store].
func (v *visit) Save(r *http.Request, w http.ResponseWriter, ss *sessions.Session) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.exchange.Session(r.Context())
	if err != nil {
		return err
	}
	if ss.Options == nil {
		ss.Options = v.store.options()
	}
	if age := ss.Options.MaxAge; age < 0 || age == 0 && v.store.zeroDeletes {
		return v.end(r, w, ss, s)
	}
	bag := v.bags[ss]
	if bag == nil || bag.Session() != s { // a new session, after the end of another one in this request
		bag = untyped.NewBag(s, v.store.Counters...)
		v.bags[ss] = bag
	}
	values := make(map[string]any, len(ss.Values))
	for key, value := range ss.Values {
		text, err := textOf(key)
		if err != nil {
			return err
		}
		values[text] = value
	}
	bag.Assign(values)
	if err := v.write(r, ss, s, bag); err != nil {
		return fmt.Errorf("gorilla: session %q: %w", ss.Name(), err)
	}
	ss.ID = s.ID().String()
	if cookie := s.Cookie(); cookie != nil {
		v.set(w, cookie.Value, ss.Options)
		s.CookieSent()
	}
	return nil
}

// write saves what has changed, under a new id where that says who somebody is.
// Each Save counts from now.
func (v *visit) write(r *http.Request, ss *sessions.Session, s *session.Session, bag *untyped.Bag) error {
	renew := v.renews(bag, s.Revision() > 0)
	if err := bag.Flush(); err != nil {
		return err
	}
	age := time.Duration(ss.Options.MaxAge) * time.Second
	if age == 0 {
		age = browserSession
	}
	if err := s.EndAfter(age); err != nil {
		return err
	}
	if renew {
		return s.Renew(r.Context())
	}
	return s.Keep()
}

// end ends the session, and has the browser forget it.
func (v *visit) end(r *http.Request, w http.ResponseWriter, ss *sessions.Session, s *session.Session) error {
	if err := s.Destroy(r.Context()); err != nil && !errors.Is(err, session.ErrDestroyed) {
		return fmt.Errorf("gorilla: session %q: %w", ss.Name(), err)
	}
	options := *ss.Options
	options.MaxAge = -1
	v.set(w, "", &options)
	return nil
}

// set puts the cookie on the answer, in the place of the one from an earlier Save.
func (v *visit) set(w http.ResponseWriter, value string, options *sessions.Options) {
	h := w.Header()
	if v.line != "" {
		h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(line string) bool { return line == v.line })
	}
	v.line = sessions.NewCookie(v.name, value, options).String()
	if v.line == "" {
		return
	}
	h.Add("Set-Cookie", v.line)
	if !slices.Contains(h["Vary"], "Cookie") {
		h.Add("Vary", "Cookie")
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", `no-cache="Set-Cookie"`)
	}
}
