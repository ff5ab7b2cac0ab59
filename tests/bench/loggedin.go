package main

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// comparedVisits are the requests of visitors who are compared: nobody in particular,
// or users who have logged in, each session another one.
var comparedVisits = []struct{ name, path string }{
	{"read", "/read"},
	{"write", "/write"},
}

// Where the sessions of those who are compared begin.
const (
	anonymous = iota
	loggedIn
)

var beginnings = [...]string{anonymous: "/fill", loggedIn: "/member"}

// sides is a figure of both, of one round.
type sides[T any] [2]T

// compared is the figures of all rounds, by contender and visit.
type compared[T any] map[string][]sides[T]

// measureLoggedIn compares requests of visitors who have logged in with those
// of others, in memory and over HTTP.
func measureLoggedIn(ctx context.Context, s *settings, list []app.Contender) (string, error) {
	var contenders []app.Contender
	for _, c := range list {
		if !c.Limit {
			contenders = append(contenders, c)
		}
	}
	inMemory, err := loggedInMemory(ctx, s, contenders)
	if err != nil {
		return "", err
	}
	overHTTP, err := loggedInHTTP(ctx, s, contenders)
	return inMemory + "\n" + overHTTP, err
}

// takeTurns measures both sides of every contender and visit, round by round,
// one right after the other, and now this one first and now that one.
func takeTurns[T any](rounds int, list []app.Contender, measure func(c app.Contender, path string, side int) (T, error)) (compared[T], error) {
	all := compared[T]{}
	for round := range rounds {
		for _, v := range comparedVisits {
			for _, c := range list {
				var both sides[T]
				for turn := range both {
					side := (turn + round) % len(both)
					var err error
					if both[side], err = measure(c, v.path, side); err != nil {
						return nil, err
					}
				}
				all[c.Name()+v.name] = append(all[c.Name()+v.name], both)
			}
		}
	}
	return all, nil
}

// median of one side.
func (all compared[T]) median(c app.Contender, visit string, side int, f func(T) float64) float64 {
	return median(all[c.Name()+visit], func(both sides[T]) float64 { return f(both[side]) })
}

// ratio is logged in / anonymous: the median of the rounds, and the span that
// the middle half of them lies in.
func (all compared[T]) ratio(c app.Contender, visit string, f func(T) float64) string {
	of := func(both sides[T]) float64 { return f(both[loggedIn]) / f(both[anonymous]) }
	rounds := all[c.Name()+visit]
	return fmt.Sprintf("%.2f (%.2f-%.2f)", median(rounds, of), quantile(rounds, 0.25, of), quantile(rounds, 0.75, of))
}

// loggedInMemory goes round as many sessions as the requests over HTTP do.
func loggedInMemory(ctx context.Context, s *settings, list []app.Contender) (string, error) {
	child, err := start(ctx, workerCore, "memory", "-benchtime", s.benchTime.String())
	if err != nil {
		return "", err
	}
	defer child.stop()
	all, err := takeTurns(s.rounds, list, func(c app.Contender, path string, side int) (cost, error) {
		return ask[cost](child, benchmarkOrder{c.Name(), path, beginnings[side], s.sessions})
	})
	if err != nil {
		return "", err
	}
	nanos := func(c cost) float64 { return c.Nanos }
	allocs := func(c cost) float64 { return c.Allocs }
	t := newTable("in memory: ns of CPU and allocations a request", "router")
	for _, v := range comparedVisits {
		t.column(v.name)
		t.column("logged in")
		t.column("for the same CPU")
	}
	for _, c := range list {
		row := t.row(c.Library, c.Router)
		for _, v := range comparedVisits {
			for side := range beginnings {
				row.add("%.0f / %.0f", all.median(c, v.name, side, nanos), all.median(c, v.name, side, allocs))
			}
			row.add("%s", all.ratio(c, v.name, func(c cost) float64 { return 1 / c.Nanos }))
		}
	}
	return t.String(), nil
}

// turns is how many parts a round of the load over HTTP has, so that
// what else the machine does disturbs both sides alike.
const turns = 4

// loggedInHTTP has one worker of each contender serve both.
func loggedInHTTP(ctx context.Context, s *settings, list []app.Contender) (string, error) {
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
	sites, cookies := map[string]*site{}, map[string]sides[[]string]{}
	for _, c := range list {
		st, err := startSite(ctx, rs, c)
		if err != nil {
			return "", err
		}
		defer st.stop()
		var both sides[[]string]
		for side, path := range beginnings {
			if both[side], err = begin(gen, st.addr, path, s.sessions); err != nil {
				return "", err
			}
		}
		sites[c.Name()], cookies[c.Name()] = st, both
	}
	all, err := takeTurns(turns*s.rounds, list, func(c app.Contender, path string, side int) (measured, error) {
		return sites[c.Name()].measure(ctx, gen, s, path, cookies[c.Name()][side], s.duration/turns)
	})
	if err != nil {
		return "", err
	}
	redisCPU := func(m measured) float64 { return m.redisCPU }
	rates := newTable("over HTTP: requests a second", "router")
	inRedis := newTable("in Redis: µs of CPU a request (commands, those inside scripts included)", "router")
	for _, v := range comparedVisits {
		for _, t := range []*table{rates, inRedis} {
			t.column(v.name)
			t.column("logged in")
			t.column("logged in / anonymous")
		}
		rates.column("for the same CPU of the worker")
	}
	for _, c := range list {
		row, redisRow := rates.row(c.Library, c.Router), inRedis.row(c.Library, c.Router)
		for _, v := range comparedVisits {
			for side := range beginnings {
				row.add("%.0f", all.median(c, v.name, side, rate))
				redisRow.add("%.1f (%.1f)", all.median(c, v.name, side, redisCPU),
					all.median(c, v.name, side, func(m measured) float64 { return m.commands }))
			}
			row.add("%s", all.ratio(c, v.name, rate)).add("%s", all.ratio(c, v.name, thrift))
			redisRow.add("%s", all.ratio(c, v.name, redisCPU))
		}
	}
	return rates.String() + "\n" + inRedis.String(), nil
}
