package debug_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

// A cookie that is pasted where a user or an id belongs is shown and logged nowhere,
// in whatever form it was copied, and nothing is ended for it.
func TestCookiePastedForAUser(t *testing.T) {
	t.Parallel()
	o := newOperated(t, config.Config{}, memstore.New(0))
	cookie := o.login("ada")
	secret := cookie[len("v1.")+1 : 24]
	for _, pasted := range []string{
		cookie, "session=" + cookie, "Cookie: a=b; session=" + cookie + "; x=1", `"` + cookie + `"`, "Bearer " + cookie,
		cookie[:40] + "\n" + cookie[40:], cookie + ".", "\u200b" + cookie, url.QueryEscape("session=" + cookie), "curl -H 'Cookie: session=" + cookie + "'",
	} {
		for _, asked := range []debug.SessionsRequest{{User: pasted}, {Session: pasted}, {Ref: pasted}} {
			query := url.Values{"user": {asked.User}, "session": {asked.Session}, "ref": {asked.Ref}}
			for _, accept := range []string{"application/json", "text/html"} {
				w := o.do("GET", "/debug/sessions?"+query.Encode(), withToken(), func(r *http.Request) { r.Header.Set("Accept", accept) })
				if w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), secret) {
					t.Errorf("GET %+v: status %d: %s", asked, w.Code, w.Body)
				}
			}
			for _, asked.Action = range []string{debug.ActionFind, debug.ActionEnd, debug.ActionEndAll} {
				if w := o.post(asked); w.Code != http.StatusBadRequest || strings.Contains(w.Body.String(), secret) {
					t.Errorf("POST %+v: status %d: %s", asked, w.Code, w.Body)
				}
			}
		}
	}
	if log := o.log.String(); strings.Contains(log, secret) || len(o.audited()) > 0 || o.user(cookie) != "ada" {
		t.Error(log)
	}
}

// Of a session that the limit has ended there is nothing to find and to end, by
// whatever it is named.
func TestFindWhatTheLimitHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOperated(t, config.Config{MaxPerUser: 1}, memstore.New(0))
		first := o.login("ada")
		id, ref := o.idOf(first), o.find("user=ada").Sessions[0].Ref
		time.Sleep(time.Second)
		o.login("ada")
		for _, asked := range []debug.SessionsRequest{{Ref: ref}, {Session: id.String()}, {Session: id.Short()}, {User: "ada", Session: id.Short()}} {
			for _, asked.Action = range []string{debug.ActionFind, debug.ActionEnd} {
				if p := o.problem(http.StatusNotFound, asked); !strings.Contains(p.Fix, "it has ended") {
					t.Errorf("%+v: %+v", asked, p)
				}
			}
		}
		if lines := o.audited(); len(lines) > 0 {
			t.Error(lines)
		}
		found := o.find("user=ada")
		if len(found.Sessions) != 1 {
			t.Errorf("%+v", found)
		}
	})
}

// However many search, one search of a worker goes through the store at a time: the
// others wait for a while, and are told then.
func TestSearchesGoOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOperated(t, config.Config{}, slowWalk{memstore.New(0)})
		for range 50 { // which takes longer than a search may
			o.visit("/set?n=1", "")
		}
		begin := time.Now()
		var mu sync.Mutex
		statuses := map[int]int{}
		var operators sync.WaitGroup
		for range 5 {
			operators.Go(func() {
				w := o.do("GET", "/debug/sessions?session=AAAAAAAA", withToken())
				mu.Lock()
				defer mu.Unlock()
				statuses[w.Code]++
				if w.Code == http.StatusTooManyRequests && !strings.Contains(w.Body.String(), "one at a time") {
					t.Error(w.Body)
				}
			})
		}
		operators.Wait()
		if took := time.Since(begin); took > 20*time.Second || statuses[http.StatusNotFound] < 1 || statuses[http.StatusTooManyRequests] < 3 || len(statuses) != 2 {
			t.Errorf("%v, statuses %v", took, statuses)
		}
		if w := o.do("GET", "/debug/sessions?session=AAAAAAAA", withToken()); w.Code != http.StatusNotFound {
			t.Errorf("afterwards: status %d: %s", w.Code, w.Body)
		}
	})
}
