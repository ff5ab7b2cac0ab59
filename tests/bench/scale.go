package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// What is measured of a store with many sessions.
const (
	scaleReads  = 20_000
	scaleWrites = 5_000
	bigReads    = 500
)

// crowd is a store with the sessions that are in it.
type crowd struct {
	name  string
	store driver.Store
	ids   []session.ID
}

// measureScale measures sessionkit's stores while more and more sessions are
// present, with sessions that grow, and the sweep of the file store.
func measureScale(ctx context.Context, s *settings, _ []app.Contender) (string, error) {
	counts, err := numbers(s.scale)
	if err != nil {
		return "", err
	}
	rs, err := startRedis(ctx)
	if err != nil {
		return "", err
	}
	defer rs.stop()
	inRedis, err := redis.Open(ctx, fmt.Sprintf("redis://%s/%d", rs.addr, rs.db()))
	if err != nil {
		return "", err
	}
	defer inRedis.Close()
	dir, err := scaleDir(s.dir)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	inFiles, err := file.Open(dir, file.WithSweepInterval(-1))
	if err != nil {
		return "", err
	}
	defer inFiles.Close()
	inMemory := memstore.New(1<<30, memstore.WithBytes(math.MaxInt))
	defer inMemory.Close()
	crowds := []*crowd{{name: "memory", store: inMemory}, {name: "file", store: inFiles}, {name: "redis", store: inRedis}}

	tables := make([]*table, len(usages))
	for i, u := range usages {
		tables[i] = newTable("µs: median / 99 %; in use: "+u.name, "read or write")
		for _, n := range counts {
			tables[i].column(fmt.Sprintf("%d sessions", n))
		}
		tables[i].column("last / first median")
	}
	for _, c := range crowds {
		reads, writes := make([][]latency, len(usages)), make([][]latency, len(usages))
		for _, n := range counts {
			if err := c.grow(ctx, n); err != nil {
				return "", fmt.Errorf("%s: %w", c.name, err)
			}
			for i, u := range usages {
				read, write, err := c.measure(ctx, u.of(c.ids), s.rounds)
				if err != nil {
					return "", fmt.Errorf("%s: %w", c.name, err)
				}
				reads[i], writes[i] = append(reads[i], read), append(writes[i], write)
			}
		}
		for i, t := range tables {
			addLatencies(t.row(c.name, "read"), reads[i])
			addLatencies(t.row(c.name, "write"), writes[i])
		}
	}
	text := ""
	for _, t := range tables {
		text += t.String() + "\n"
	}
	sizes, err := measureBig(ctx, crowds)
	if err != nil {
		return "", err
	}
	sweep, err := measureSweep(ctx, dir, crowds[1])
	return text + sizes + "\n" + sweep, err
}

// usages are which of the sessions present are read and written.
var usages = []struct {
	name string
	of   func(present []session.ID) []session.ID
}{
	// What grows here is the work of the store.
	{"1000 of them", func(present []session.ID) (inUse []session.ID) {
		const visitors = 1000
		for i := range min(visitors, len(present)) {
			inUse = append(inUse, present[i*len(present)/min(visitors, len(present))])
		}
		return inUse
	}},
	// What grows here is also what the caches of the processor and the kernel
	// do not hold.
	{"all of them", func(present []session.ID) []session.ID { return present }},
}

func numbers(list string) (ns []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of sessions", text)
		}
		ns = append(ns, n)
	}
	slices.Sort(ns)
	return ns, nil
}

// scaleDir prefers a folder in memory: the disk is not what is measured.
func scaleDir(wanted string) (string, error) {
	if wanted == "" && freeBytes("/dev/shm") > 12<<30 {
		wanted = "/dev/shm"
	}
	return os.MkdirTemp(wanted, "sessionkit-bench-")
}

// grow adds sessions until there are n.
func (c *crowd) grow(ctx context.Context, n int) error {
	missing := n - len(c.ids)
	if missing <= 0 {
		return nil
	}
	added := make([]session.ID, missing)
	const hands = 16
	var all sync.WaitGroup
	failures := make([]error, hands)
	for hand := range hands {
		all.Go(func() {
			for i := hand; i < missing && ctx.Err() == nil; i += hands {
				if added[i], failures[hand] = create(ctx, c.store, 300); failures[hand] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	c.ids = append(c.ids, added...)
	for _, err := range append(failures, ctx.Err()) {
		if err != nil {
			return err
		}
	}
	return nil
}

// create stores a session with a value of so many bytes.
func create(ctx context.Context, store driver.Store, bytes int) (id session.ID, err error) {
	rand.Read(id[:])
	now := time.Now().Truncate(time.Millisecond)
	r := &driver.Record{Created: now, Deadline: now.Add(app.Lifetime), Expires: now.Add(app.Lifetime)}
	r.Values = r.Values.With("value", []byte(`"`+strings.Repeat("x", bytes)+`"`))
	return id, store.Save(ctx, id, r)
}

// latency of one operation.
type latency struct{ p50, p99 time.Duration }

func latencyOf(took []time.Duration) latency {
	slices.Sort(took)
	return latency{took[len(took)/2], took[len(took)*99/100]}
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Nanoseconds())/1000) }

func (l latency) String() string { return micros(l.p50) + " / " + micros(l.p99) }

// measure reads and writes sessions picked at random among those in use.
func (c *crowd) measure(ctx context.Context, inUse []session.ID, rounds int) (read, write latency, err error) {
	var reads, writes []latency
	pick := func() session.ID { return inUse[mathrand.IntN(len(inUse))] }
	for round := range rounds + 1 {
		r, err := timed(scaleReads/rounds, pick, func(id session.ID) error {
			_, err := c.store.Load(ctx, id)
			return err
		})
		if err != nil {
			return read, write, err
		}
		w, err := timed(scaleWrites/rounds, pick, func(id session.ID) error { return rewrite(ctx, c.store, id) })
		if err != nil {
			return read, write, err
		}
		if round > 0 { // the first one warms up
			reads, writes = append(reads, r), append(writes, w)
		}
	}
	return medianLatency(reads), medianLatency(writes), nil
}

// rewrite is what a request does that changes a session.
func rewrite(ctx context.Context, store driver.Store, id session.ID) error {
	r, err := store.Load(ctx, id)
	if err != nil {
		return err
	}
	r.Values = r.Values.With("count", []byte("1"))
	return store.Save(ctx, id, r)
}

func timed(n int, pick func() session.ID, do func(session.ID) error) (latency, error) {
	took := make([]time.Duration, n)
	for i := range took {
		id := pick()
		begin := time.Now()
		if err := do(id); err != nil {
			return latency{}, err
		}
		took[i] = time.Since(begin)
	}
	return latencyOf(took), nil
}

func medianLatency(all []latency) latency {
	return latency{
		time.Duration(median(all, func(l latency) float64 { return float64(l.p50) })),
		time.Duration(median(all, func(l latency) float64 { return float64(l.p99) })),
	}
}

func addLatencies(r *row, all []latency) {
	for _, l := range all {
		r.add("%s", l)
	}
	r.add("%s", ratio(float64(all[len(all)-1].p50), float64(all[0].p50)))
}

// measureBig reads and writes sessions that are larger than they should be.
func measureBig(ctx context.Context, crowds []*crowd) (string, error) {
	sizes := []int{1 << 10, 8 << 10, 64 << 10}
	t := newTable("µs: median / 99 %", "read or write")
	for _, size := range sizes {
		t.column(fmt.Sprintf("%d KB", size>>10))
	}
	t.column("last / first median")
	for _, c := range crowds {
		var reads, writes []latency
		for _, size := range sizes {
			id, err := create(ctx, c.store, size)
			if err != nil {
				return "", err
			}
			pick := func() session.ID { return id }
			read, err := timed(bigReads, pick, func(id session.ID) error {
				_, err := c.store.Load(ctx, id)
				return err
			})
			if err != nil {
				return "", err
			}
			write, err := timed(bigReads, pick, func(id session.ID) error { return rewrite(ctx, c.store, id) })
			if err != nil {
				return "", err
			}
			reads, writes = append(reads, read), append(writes, write)
		}
		addLatencies(t.row(c.name, "read"), reads)
		addLatencies(t.row(c.name, "write"), writes)
	}
	return t.String(), nil
}
