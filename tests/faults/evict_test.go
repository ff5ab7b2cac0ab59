//go:build unix

package faults

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// A Redis that evicts ends sessions as if they had expired: whole, and for
// good. None comes back with a part of what it held.
func TestRedisEvicts(t *testing.T) {
	shared(t)
	srv := startRedis(t)
	app := startApp(t, "--redis-url", srv.URL())
	used := srv.Do("INFO", "memory").(string)
	_, used, _ = strings.Cut(used, "used_memory:")
	used, _, _ = strings.Cut(used, "\r\n")
	bytes, err := strconv.Atoi(used)
	if err != nil {
		t.Fatal(err)
	}
	srv.Do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
	srv.Do("CONFIG", "SET", "maxmemory", strconv.Itoa(bytes+1<<20))

	o := outcome{fault: "Redis evicts (allkeys-lru)", answers: map[string]int{}}
	var guests []*guest
	for range 25 * *rounds {
		for range 10 {
			g := &guest{b: app.NewBrowser(), name: fmt.Sprint("guest", len(guests))}
			g.fill(t, &o)
			guests = append(guests, g)
		}
		o.rounds++
		for i := range 10 { // of all that ever came
			guests[(i*7919+o.rounds*31)%len(guests)].look(t, &o)
		}
	}
	gone := 0
	for _, g := range guests {
		g.look(t, &o)
		if g.gone {
			gone++
		}
	}
	if gone == 0 || gone == len(guests) {
		t.Errorf("%d of %d sessions were evicted", gone, len(guests))
	}
	o.note = fmt.Sprintf("%d of %d sessions evicted, each whole", gone, len(guests))
	report(o)
}

// guest fills a session and then only reads.
type guest struct {
	b    *trial.Browser
	name string
	kept int  // items that were acknowledged
	gone bool // the session was evicted
}

const guestItems = 4

func (g *guest) fill(t *testing.T, o *outcome) {
	t.Helper()
	g.b.Login(g.name)
	for i := range guestItems {
		a, err := g.b.Try("POST", "/items", "key", fmt.Sprint("item", i), "value", strings.Repeat("x", 1000))
		if err != nil {
			t.Fatal(err)
		}
		o.answers["write "+strconv.Itoa(a.Status)]++
		if a.Status != http.StatusNoContent {
			continue
		}
		o.writes++
		g.kept++
	}
}

func (g *guest) look(t *testing.T, o *outcome) {
	t.Helper()
	me := g.b.Me()
	o.answers["read ok"]++
	switch {
	case g.gone && here(me):
		o.back++
		t.Errorf("%s was evicted and is back: %v", g.name, me)
	case here(me) && (me.Name() != g.name || len(me.Values) != g.kept):
		t.Errorf("%s has %d of %d items: %q", g.name, len(me.Values), g.kept, me.Name())
	case !here(me):
		g.gone = true
	}
}
