package gorilla

import (
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// RenewOn names the keys whose values say who somebody is and what he may do. When
// one of them changes, Save gives the session a new id and ends the old one, so
// that a cookie which somebody else has copied, or planted, before a login or a
// logout is worth nothing after it (OWASP ASVS 5.0, 7.2.4). Of two requests that
// do so at a time one gets [session.ErrGone].
//
// Unless it is called these are keys such as "user", "user_id", "id", "username",
// "email", "authenticated", "logged_in", "account_id", "role" and "admin", in
// whatever spelling; of one that holds a struct or a map it counts that it comes and
// goes, as apps note more in it than who it is. Called without keys it turns this off.
func (s *Store) RenewOn(keys ...any) {
	s.renewOn = make(map[any]bool, len(keys))
	for _, key := range keys {
		s.renewOn[key] = true
	}
}

// identifying are keys that say who somebody is, without what is no letter.
var identifying = []string{
	"id", "user", "userid", "uid", "username", "userdata", "userinfo", "useremail", "currentuser", "currentuserid", "email", "login", "loggedin", "isloggedin", "logged",
	"auth", "authed", "authenticated", "isauthenticated", "isauth", "account", "accountid", "memberid", "customerid", "principal", "identity", "subject", "sub",
	"admin", "isadmin", "adminid", "role", "roles", "userrole", "profile", "profileid",
}

// identifies reports whether a key says who somebody is.
func identifies(key any) bool {
	text, ok := key.(string)
	if !ok {
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	return slices.Contains(identifying, letters)
}

// renews reports whether what the request has changed asks for a new id.
func (v *visit) renews(bag *untyped.Bag, stored bool) bool {
	s := v.store
	changed := bag.Changed()
	if slices.ContainsFunc(changed, func(text string) bool { return s.renewsOn(bag, text) }) {
		v.knowsLogins()
		return stored
	}
	if stored && s.renewOn == nil && len(changed) > 0 {
		v.watch(bag)
	}
	return false
}

func (s *Store) renewsOn(bag *untyped.Bag, text string) bool {
	key, err := keyOf(text)
	switch {
	case err != nil:
		return false
	case s.renewOn != nil:
		return s.renewOn[key]
	case !identifies(key):
		return false
	}
	before, was := bag.Was(text)
	now, is, _ := bag.Get(text)
	return !was || !is || !composite(before) || !composite(now)
}

// composite reports whether a value holds more than one thing.
func composite(v any) bool {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Struct, reflect.Map, reflect.Pointer, reflect.Slice:
		return true
	}
	return false
}

// unrenewed is how many changes of sessions without a single new id are worth a
// warning.
const unrenewed = 50

// watch has a finding say it of an app that seems to have a login which renews
// nothing.
func (v *visit) watch(bag *untyped.Bag) {
	s := v.store
	switch {
	case s.renewals.done.Load():
	case slices.ContainsFunc(bag.Names(), func(text string) bool { return identifies(text) }): // of a login from before
		v.knowsLogins()
	case s.renewals.grown.Add(1) == unrenewed:
		s.renewals.find(v.manager.Diagnostics())
	}
}

func (r *renewals) find(m *diagnose.Monitor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found == nil && !r.done.Load() {
		r.found = m
		m.ReportNeverRenewed(`name the keys that a login sets: store.RenewOn("uid"); RenewOn() without keys where there is no login`)
	}
}

// knowsLogins notes that a login is seen for one, be it in the sessions of another
// name than that of the finding.
func (v *visit) knowsLogins() {
	r := &v.store.renewals
	if r.done.Load() || r.done.Swap(true) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found != nil {
		r.found.ReportNeverRenewed("")
	}
}
