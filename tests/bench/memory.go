package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// inMemory lists what is measured in memory, without a network.
var inMemory = []struct {
	name, path string
	begin      string // begins the session that the requests are of, "" for none
}{
	{"not touched", "/plain", "/fill"},
	{"read", "/read", "/fill"},
	{"write", "/write", "/fill"},
	{"new", "/write", ""},
}

// direct returns a function that has the app answer a request, over and over
// again. The request is used again too; the answer is a new one for net/http,
// and Fiber's own, emptied, for Fiber.
func direct(a *app.App, path, cookie string) (serve func(), last func() (status int, setCookie string)) {
	if a.Fast != nil {
		var req fasthttp.Request // read as from the network: nobody has looked at its cookies yet
		raw := "GET " + path + " HTTP/1.1\r\nHost: bench\r\n"
		if cookie != "" {
			raw += "Cookie: " + cookie + "\r\n"
		}
		if err := req.Read(bufio.NewReader(strings.NewReader(raw + "\r\n"))); err != nil {
			panic(err) // it is well-formed
		}
		c := &fasthttp.RequestCtx{}
		c.Init(&req, nil, nil)
		serve = func() {
			c.Response.Reset()
			c.ResetUserValues()
			a.Fast(c)
		}
		return serve, func() (int, string) {
			var set string
			for _, value := range c.Response.Header.Cookies() {
				set = string(value)
			}
			return c.Response.StatusCode(), set
		}
	}
	fresh := httptest.NewRequest("GET", path, nil)
	if cookie != "" {
		fresh.Header.Set("Cookie", cookie)
	}
	r := new(http.Request)
	var w *discard
	serve = func() {
		w = &discard{header: http.Header{}, status: http.StatusOK} // as a server does
		*r = *fresh                                                // some keep the session in there
		a.HTTP.ServeHTTP(w, r)
	}
	return serve, func() (int, string) { return w.status, w.header.Get("Set-Cookie") }
}

// discard is a response writer that keeps no body.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header               { return d.header }
func (d *discard) Write(b []byte) (int, error)       { return len(b), nil }
func (d *discard) WriteString(s string) (int, error) { return len(s), nil }
func (d *discard) WriteHeader(status int)            { d.status = status }
func (d *discard) Flush()                            {}

// newVisit has the app begin a session, at /fill for instance, and returns its
// cookie.
func newVisit(a *app.App, begin string) (cookie string, err error) {
	serve, last := direct(a, begin, "")
	serve()
	status, set := last()
	cookie, _, _ = strings.Cut(set, ";")
	if status != http.StatusOK || cookie == "" {
		return "", fmt.Errorf("%s: status %d, cookie %q", begin, status, cookie)
	}
	return cookie, nil
}

// benchmark has a contender answer requests of a path. They go round sessions
// that were begun at another path, or have none when that is "".
func benchmark(b *testing.B, c app.Contender, path, begin string, sessions int) {
	a, err := c.Open(app.Storage{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	round := make([]func(), sessions)
	for i := range round {
		cookie := ""
		if begin != "" && !c.Limit {
			if cookie, err = newVisit(a, begin); err != nil {
				b.Fatal(err)
			}
		}
		serve, last := direct(a, path, cookie)
		serve()
		if status, _ := last(); status != http.StatusOK {
			b.Fatalf("%s: status %d", path, status)
		}
		round[i] = serve
	}
	b.ReportAllocs()
	used := cpuTime()
	for i := 0; b.Loop(); i++ {
		if i == len(round) {
			i = 0
		}
		round[i]()
	}
	if used = cpuTime() - used; used > 0 {
		b.ReportMetric(float64(used.Nanoseconds())/float64(b.N), cpuUnit)
	}
}

// cpuUnit is of the time that this process computed, collecting garbage
// included. Unlike the time that passed it hardly depends on others.
const cpuUnit = "cpu-ns/op"

// cost is of one request.
type cost struct{ Nanos, Allocs, Bytes float64 }

// benchmarkOrder is the arguments of benchmark.
type benchmarkOrder struct {
	Contender, Path, Begin string
	Sessions               int
}

// benchmarkInMemory is the child that runs benchmarks.
func benchmarkInMemory(args []string) error {
	testing.Init()
	benchTime := flag.Duration("benchtime", 50*time.Millisecond, "")
	flag.CommandLine.Parse(args)
	flag.Set("test.benchtime", benchTime.String())
	return questions(func(o benchmarkOrder) (any, error) {
		c, err := app.ByName(o.Contender)
		if err != nil {
			return nil, err
		}
		r := testing.Benchmark(func(b *testing.B) { benchmark(b, c, o.Path, o.Begin, o.Sessions) })
		if r.N == 0 {
			return nil, fmt.Errorf("%s %s failed", o.Contender, o.Path)
		}
		n := float64(r.N)
		nanos, ok := r.Extra[cpuUnit]
		if !ok {
			nanos = float64(r.T.Nanoseconds()) / n
		}
		return cost{nanos, float64(r.MemAllocs) / n, float64(r.MemBytes) / n}, nil
	})
}

func measureMemory(ctx context.Context, s *settings, list []app.Contender) (string, error) {
	child, err := start(ctx, workerCore, "memory", "-benchtime", s.benchTime.String())
	if err != nil {
		return "", err
	}
	defer child.stop()
	list = withOthers(list)
	costs := map[string][]cost{} // by contender and benchmark
	for range s.rounds {
		for _, c := range list {
			for _, b := range inMemory {
				if c.Limit && b.path != "/plain" {
					continue
				}
				r, err := ask[cost](child, benchmarkOrder{c.Name(), b.path, b.begin, 1})
				if err != nil {
					return "", err
				}
				costs[c.Name()+b.name] = append(costs[c.Name()+b.name], r)
			}
		}
	}
	of := func(c app.Contender, name string) (cost, bool) {
		all, ok := costs[c.Name()+name]
		pick := func(f func(cost) float64) float64 { return median(all, f) }
		return cost{pick(func(c cost) float64 { return c.Nanos }), pick(func(c cost) float64 { return c.Allocs }),
			pick(func(c cost) float64 { return c.Bytes })}, ok
	}

	t := newTable("ns of CPU and allocations a request", "router")
	for _, b := range inMemory {
		t.column(b.name)
	}
	for _, c := range list {
		row := t.row(c.Library, c.Router)
		for _, b := range inMemory {
			if r, ok := of(c, b.name); ok {
				row.add("%.0f / %.0f", r.Nanos, r.Allocs)
			} else {
				row.add("")
			}
		}
	}

	best := func(name string, include func(peer app.Contender) bool) (least cost) {
		for _, c := range list {
			if r, ok := of(c, name); ok && !c.Kit && !c.Shape && !c.Limit && include(c) && (least.Nanos == 0 || r.Nanos < least.Nanos) {
				least = r
			}
		}
		return least
	}
	ratios := newTable("sessionkit", "not touched / limit", "not touched / context", "allocs more than the limit: not touched", "read", "read / best peer on this router (on any)", "write", "new")
	for _, c := range list {
		bare, ok := of(limitOf(c), "not touched")
		if !c.Kit || !ok {
			continue
		}
		untouched, _ := of(c, "not touched")
		least, _ := of(app.Contender{Library: "context", Router: c.Router}, "not touched")
		read, _ := of(c, "read")
		row := ratios.row(c.Router).add("%.2f", untouched.Nanos/bare.Nanos).add("%.2f", untouched.Nanos/least.Nanos).
			add("%.0f", untouched.Allocs-bare.Allocs).add("%.0f", read.Allocs-bare.Allocs)
		for _, name := range []string{"read", "write", "new"} {
			r, _ := of(c, name)
			here := best(name, func(peer app.Contender) bool { return sameRouter(peer.Router, c.Router) })
			anywhere := best(name, func(app.Contender) bool { return true })
			row.add("%s (%s)", ratio(r.Nanos, here.Nanos), ratio(r.Nanos, anywhere.Nanos))
		}
	}
	return t.String() + "\n" + ratios.String(), nil
}

// withOthers adds to each limit the context alone on the same router, and to
// sessionkit itself with metrics.
func withOthers(list []app.Contender) (all []app.Contender) {
	for _, c := range list {
		all = append(all, c)
		for _, other := range slices.Concat(app.Contexts, app.Counted) {
			if other.Router == c.Router && (other.Limit && c.Limit || !other.Limit && c.Kit) {
				all = append(all, other)
			}
		}
	}
	return all
}

// limitOf is the limit on a contender's router.
func limitOf(c app.Contender) app.Contender {
	return app.Contender{Library: "limit", Router: c.Router, Limit: true}
}
