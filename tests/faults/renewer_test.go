//go:build unix

package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// renewer logs in again and again, which gives the session a new id each time.
// What was in it goes on; with the old id nobody reads or writes anything, and
// a logout with it ends what the session has become.
type renewer struct {
	tr    *traffic
	b     *trial.Browser // nil: begins anew
	wrote int
	acked int
}

func (r *renewer) step() {
	tr := r.tr
	if r.b == nil {
		b := tr.app.NewBrowser()
		if _, ok := tr.do(b, "POST", "/login", "user", "renewer"); !ok {
			return
		}
		r.b, r.acked = b, 0
	}
	r.wrote++
	if _, ok := tr.do(r.b, "POST", "/items", "key", "kept", "value", strconv.Itoa(r.wrote)); ok {
		r.acked = r.wrote
		tr.count(func(o *outcome) { o.writes++ })
	}
	old, parallel := r.b.Clone(tr.app.URL), r.b.Clone(tr.app.URL)
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = parallel.Try("GET", "/me")
	}()
	_, ok := tr.do(r.b, "POST", "/login", "user", "renewer")
	<-read
	if !ok { // it may have happened, and then nobody can log this visitor in but himself
		r.b = nil
		return
	}
	tr.count(func(o *outcome) { o.renewals++ })
	if me, ok := tr.me(r.b); ok {
		text, _ := me.Values["kept"].(string)
		if kept, _ := strconv.Atoi(text); me.Name() != "renewer" || kept < r.acked {
			tr.t.Logf("after a renewal %q has %d of %d", me.Name(), kept, r.acked)
			tr.count(func(o *outcome) { o.lost++ })
			r.b = nil
			return
		}
	}
	tr.dead(old, "renewed")
	r.late(old)
	if r.wrote%8 == 0 {
		r.logout(old)
	}
}

// late writes with the old id: refused, and without a cookie.
func (r *renewer) late(old *trial.Browser) {
	a, err := old.Try("POST", "/items", "key", "late", "value", "1")
	if err == nil && (a.Status < 400 || a.Header.Get("Set-Cookie") != "") {
		r.tr.t.Logf("a late write is answered with %d, cookie %q", a.Status, a.Header.Get("Set-Cookie"))
		r.tr.count(func(o *outcome) { o.back++ })
	}
}

// logout logs out with the old id.
func (r *renewer) logout(old *trial.Browser) {
	b := r.b
	r.b = nil
	if a, err := old.Try("POST", "/logout"); err == nil && a.Status == http.StatusSeeOther {
		r.tr.count(func(o *outcome) { o.logouts++ })
		r.tr.dead(b, "logged out with the old id")
	}
}

// dead makes sure that a cookie leads to nothing, now and in the end.
func (tr *traffic) dead(b *trial.Browser, why string) {
	me, ok := tr.me(b)
	if ok && here(me) {
		tr.t.Logf("%s, and is back: %q with %v", why, me.Name(), me.Values)
		tr.count(func(o *outcome) { o.back++ })
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.departed = append(tr.departed, b)
}

func (tr *traffic) me(b *trial.Browser) (me trial.Me, ok bool) {
	a, ok := tr.do(b, "GET", "/me")
	if ok {
		if err := json.Unmarshal([]byte(a.Body), &me); err != nil {
			tr.t.Errorf("%v in %q", err, a.Body)
			return me, false
		}
	}
	return me, ok
}

func (tr *traffic) count(add func(*outcome)) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	add(&tr.seen)
}

// endAll logs a user in from several browsers and out everywhere, while one of
// them writes. Once that is acknowledged none of the sessions is there.
func (tr *traffic) endAll() func() {
	users := 0
	return func() {
		users++
		user := fmt.Sprint("everywhere", users)
		var all []*trial.Browser
		for range 3 {
			b := tr.app.NewBrowser()
			if _, ok := tr.do(b, "POST", "/login", "user", user); ok {
				all = append(all, b)
			}
		}
		if len(all) < 2 {
			return
		}
		wrote := make(chan struct{})
		writer := all[1].Clone(tr.app.URL)
		go func() {
			defer close(wrote)
			_, _ = writer.Try("POST", "/items", "key", "late", "value", "1")
		}()
		a, ok := tr.do(all[0], "POST", "/logout-everywhere")
		<-wrote
		if !ok || a.Header.Get("Set-Cookie") == "" { // its own session was lost: it was nobody's to end any
			return
		}
		tr.count(func(o *outcome) { o.ends++ })
		for _, b := range append(all[1:], writer) {
			tr.count(func(o *outcome) { o.logouts++ })
			tr.dead(b, "ended with all of "+user)
		}
	}
}
