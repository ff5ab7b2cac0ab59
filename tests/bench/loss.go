package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// What is tried on several workers at once.
const (
	lossWorkers    = 4
	lossClients    = 16
	lossIncrements = 400
	lossLogouts    = 20
)

// measureLoss counts the changes that get lost when several workers change
// one session at the same time, and the sessions that are back after a logout
// because a slow request saved them.
func measureLoss(ctx context.Context, _ *settings, list []app.Contender) (string, error) {
	rs, err := startRedis(ctx)
	if err != nil {
		return "", err
	}
	defer rs.stop()
	t := newTable(fmt.Sprintf("%d workers", lossWorkers), "router",
		fmt.Sprintf("lost of %d increments by %d clients", lossIncrements, lossClients), "increments a second",
		fmt.Sprintf("sessions back after %d logouts", lossLogouts), "slow requests told")
	for _, c := range list {
		if c.Limit {
			continue
		}
		o, err := tryLoss(ctx, rs, c, lossIncrements, lossLogouts)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.Name(), err)
		}
		t.row(c.Library, c.Router).add("%d (%.0f %%)", o.lost, 100*float64(o.lost)/lossIncrements).
			add("%.0f", o.rate).add("%d", o.back).add("%d", o.told)
	}
	return t.String(), nil
}

// outcome of tryLoss.
type outcome struct {
	lost int     // increments
	rate float64 // increments a second
	back int     // sessions that came back
	told int     // slow requests whose answer was an error, since their session had gone
}

func tryLoss(ctx context.Context, rs *redisServer, c app.Contender, increments, logouts int) (o outcome, err error) {
	st := app.Storage{Redis: rs.addr, DB: rs.db()}
	var workers []*server
	defer func() {
		for _, w := range workers {
			w.stop()
		}
	}()
	for range lossWorkers {
		w, err := startWorker(ctx, c, st)
		if err != nil {
			return o, err
		}
		workers = append(workers, w)
	}
	if o.lost, o.rate, err = increment(ctx, workers, increments); err != nil {
		return o, err
	}
	for range logouts {
		back, told, err := logOut(ctx, workers)
		if err != nil {
			return o, err
		}
		if back {
			o.back++
		}
		if told {
			o.told++
		}
	}
	return o, nil
}

// increment has many clients add one to the same number of one session, each
// time on another worker.
func increment(ctx context.Context, workers []*server, increments int) (lost int, rate float64, err error) {
	v := newVisitor(workers)
	first, err := v.ok(ctx, 0, "/fill", "")
	if err != nil {
		return 0, 0, err
	}
	var next atomic.Int64
	var failure atomic.Pointer[error]
	var all sync.WaitGroup
	begin := time.Now()
	for range lossClients {
		all.Go(func() {
			for n := int(next.Add(1)); n <= increments; n = int(next.Add(1)) {
				if _, err := v.ok(ctx, n, "/count", first.cookie); err != nil {
					failure.Store(&err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(begin)
	if err := failure.Load(); err != nil {
		return 0, 0, *err
	}
	a, err := v.ok(ctx, 0, "/number", first.cookie)
	if err != nil {
		return 0, 0, err
	}
	n, err := strconv.Atoi(a.body)
	return increments - n, float64(increments) / took.Seconds(), err
}

// logOut logs a visitor out while a slow request of the same session is on
// its way on another worker, and looks whether the session is back when that
// one has ended.
func logOut(ctx context.Context, workers []*server) (back, told bool, err error) {
	v := newVisitor(workers)
	in, err := v.ok(ctx, 0, "/login", "")
	if err != nil {
		return false, false, err
	}
	slow := make(chan error, 1)
	var late visit
	go func() {
		var err error
		late, err = v.get(ctx, 0, "/slow", in.cookie)
		slow <- err
	}()
	if _, err := ask[bool](workers[0].process, order{Do: "arrived"}); err != nil {
		return false, false, err
	}
	if _, err := v.ok(ctx, 1, "/logout", in.cookie); err != nil {
		return false, false, err
	}
	if _, err := ask[bool](workers[0].process, order{Do: "release"}); err != nil {
		return false, false, err
	}
	if err := <-slow; err != nil {
		return false, false, err
	}
	who, err := v.ok(ctx, 2, "/user", in.cookie)
	return who.body == app.User, late.status != http.StatusOK, err
}

// visitor makes requests to any worker.
type visitor struct {
	workers []*server
	client  http.Client
}

func newVisitor(workers []*server) *visitor {
	return &visitor{workers, http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: lossClients}, Timeout: 30 * time.Second}}
}

// visit is an answer.
type visit struct {
	status       int
	body, cookie string
}

func (v *visitor) get(ctx context.Context, worker int, path, cookie string) (visit, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+v.workers[worker%len(v.workers)].addr+path, nil)
	if err != nil {
		return visit{}, err
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	res, err := v.client.Do(r)
	if err != nil {
		return visit{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	set, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return visit{res.StatusCode, string(b), set}, err
}

// ok is get for what must be answered with 200.
func (v *visitor) ok(ctx context.Context, worker int, path, cookie string) (visit, error) {
	a, err := v.get(ctx, worker, path, cookie)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s: status %d: %s", path, a.status, a.body)
	}
	return a, err
}
