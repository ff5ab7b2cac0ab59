package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
	"github.com/gosessionkit/sessionkit/tests/bench/generator"
)

// scenarios are the loads over HTTP.
var scenarios = []struct {
	name, path string
	hot        bool // all clients share one session
}{
	{"not touched", "/plain", false},
	{"read", "/read", false},
	{"write", "/write", false},
	{"write, one session for all", "/write", true},
}

// site is a contender that serves, with sessions that have begun.
type site struct {
	app.Contender
	*server
	redis   *redisServer
	db      int
	cookies []string
	loads   map[string][]measured // by scenario
}

type measured struct {
	rate float64 // requests a second
	cpu  float64 // of the worker, in microseconds a request
	busy float64 // part of the time that the worker computed
	redisUse
}

func measureHTTP(ctx context.Context, s *settings, list []app.Contender) (string, error) {
	rs, err := startRedis(ctx)
	if err != nil {
		return "", err
	}
	defer rs.stop()
	gen, err := start(ctx, otherCore, "generator")
	if err != nil {
		return "", err
	}
	defer gen.stop()
	var sites []*site
	defer func() {
		for _, st := range sites {
			st.stop()
		}
	}()
	for _, c := range list {
		st, err := startSite(ctx, rs, c)
		if err != nil {
			return "", err
		}
		sites = append(sites, st)
		if st.cookies, err = begin(gen, st.addr, "/fill", s.sessions); err != nil {
			return "", err
		}
	}
	for range s.rounds {
		for _, sc := range scenarios {
			for _, st := range sites { // those that are compared come close together
				cookies := st.cookies
				if sc.hot {
					cookies = cookies[:1]
				}
				m, err := st.measure(ctx, gen, s, sc.path, cookies, s.duration)
				if err != nil {
					return "", err
				}
				st.loads[sc.name] = append(st.loads[sc.name], m)
			}
		}
	}
	if s.profile != "" {
		if err := profile(ctx, gen, s, sites); err != nil {
			return "", err
		}
	}
	commands, err := countCommands(ctx, rs, gen, list)
	if err != nil {
		return "", err
	}
	return rates(sites) + "\n" + cpu(sites) + "\n" + httpRatios(sites) + "\n" + commands, nil
}

func startSite(ctx context.Context, rs *redisServer, c app.Contender) (*site, error) {
	st := &site{Contender: c, redis: rs, db: rs.db(), loads: map[string][]measured{}}
	var err error
	st.server, err = startWorker(ctx, c, app.Storage{Redis: rs.addr, DB: st.db})
	return st, err
}

// begin begins sessions and returns their cookies.
func begin(gen *process, addr, path string, sessions int) ([]string, error) {
	r, err := load(gen, generator.Job{Addr: addr, Path: path, Connections: 4, Requests: sessions, Collect: true})
	if err == nil && len(r.Cookies) != sessions {
		err = fmt.Errorf("%s%s: %d cookies instead of %d", addr, path, len(r.Cookies), sessions)
	}
	return r.Cookies, err
}

func (st *site) measure(ctx context.Context, gen *process, s *settings, path string, cookies []string, duration time.Duration) (m measured, err error) {
	job := generator.Job{Addr: st.addr, Path: path, Cookies: cookies, Connections: s.connections, Duration: duration / 10}
	if _, err := load(gen, job); err != nil { // to warm up
		return m, err
	}
	redisBefore, err := st.redis.use(ctx)
	if err != nil {
		return m, err
	}
	before, err := st.busy()
	if err != nil {
		return m, err
	}
	job.Duration = duration
	r, err := load(gen, job)
	if err != nil {
		return m, err
	}
	after, err := st.busy()
	if err != nil {
		return m, err
	}
	redisAfter, err := st.redis.use(ctx)
	used := (after - before).Seconds()
	return measured{r.Rate(), used * 1e6 / float64(r.Requests), used / r.Seconds, redisAfter.since(redisBefore, r.Requests)}, err
}

// profile writes CPU and allocation profiles of sessionkit, reading and
// writing.
func profile(ctx context.Context, gen *process, s *settings, sites []*site) error {
	if err := os.MkdirAll(s.profile, 0o755); err != nil {
		return err
	}
	for _, st := range sites {
		for _, path := range []string{"/read", "/write"} {
			if !st.Kit {
				continue
			}
			name := strings.ReplaceAll(st.Router, "/", "") + "-" + path[1:]
			if _, err := ask[bool](st.process, order{"profile", filepath.Join(s.profile, name+".cpu")}); err != nil {
				return err
			}
			if _, err := st.measure(ctx, gen, s, path, st.cookies, 5*time.Second); err != nil {
				return err
			}
			if _, err := ask[bool](st.process, order{"profiled", filepath.Join(s.profile, name+".allocs")}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (st *site) median(scenario string, f func(measured) float64) float64 {
	return median(st.loads[scenario], f)
}

func rate(m measured) float64 { return m.rate }

// thrift is requests for each second of CPU: what the rate would be if the
// worker were never kept waiting.
func thrift(m measured) float64 { return 1e6 / m.cpu }

func rates(sites []*site) string {
	t := newTable("requests a second", "router")
	for _, sc := range scenarios {
		t.column(sc.name)
	}
	for _, st := range sites {
		row := t.row(st.Library, st.Router)
		for _, sc := range scenarios {
			row.add("%.0f", st.median(sc.name, rate))
		}
	}
	return t.String()
}

// cpu hardly depends on what else the machine does.
func cpu(sites []*site) string {
	t := newTable("CPU of the worker, µs a request (part of the time it was busy)", "router")
	for _, sc := range scenarios {
		t.column(sc.name)
	}
	for _, st := range sites {
		row := t.row(st.Library, st.Router)
		for _, sc := range scenarios {
			row.add("%.1f (%.0f %%)", st.median(sc.name, func(m measured) float64 { return m.cpu }),
				100*st.median(sc.name, func(m measured) float64 { return m.busy }))
		}
	}
	return t.String()
}

// httpRatios compares sessionkit with the limit and the best peer on the same
// router; chi's peer is the one on net/http.
func httpRatios(sites []*site) string {
	t := newTable("sessionkit's throughput (for the same CPU)", "compared with")
	for _, sc := range scenarios {
		t.column(sc.name)
	}
	for _, st := range sites {
		if !st.Kit {
			continue
		}
		compare := func(with string, include func(*site) bool) {
			row := t.row(st.Router, with)
			for _, sc := range scenarios {
				row.add("%s (%s)", st.against(sites, include, sc.name, rate), st.against(sites, include, sc.name, thrift))
			}
		}
		compare("limit", func(o *site) bool { return o.Limit && o.Router == st.Router })
		compare("best peer", func(o *site) bool { return !o.Limit && sameRouter(o.Router, st.Router) })
	}
	return t.String()
}

// against compares with the best of others round by round, so that what
// disturbs a round disturbs both, and gives the median.
func (st *site) against(sites []*site, include func(*site) bool, scenario string, f func(measured) float64) string {
	least := math.NaN()
	for _, other := range sites {
		if other.Kit || other.Shape || !include(other) {
			continue
		}
		rounds := st.loads[scenario]
		ratios := make([]float64, len(rounds))
		for i := range rounds {
			ratios[i] = f(rounds[i]) / f(other.loads[scenario][i])
		}
		if r := median(ratios, func(r float64) float64 { return r }); !(r >= least) {
			least = r
		}
	}
	return ratio(least, 1)
}

// sameRouter reports whether a peer is on the router, or on the nearest one where
// there is none on it.
func sameRouter(peer, kit string) bool {
	return peer == kit || peer == app.NetHTTP && kit == app.Chi || peer == app.Echo && kit == app.EchoV5
}
