// Package migrate brings all sessions of one store into another.
package migrate

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
	"github.com/gosessionkit/sessionkit/stores/moving"
)

// Options are how it is done.
type Options struct {
	DryRun      bool // only count
	Verify      bool // load what has come over and compare
	Rate        int  // most sessions a second, 0 for no limit
	Concurrency int  // at a time
	Progress    term.Progress
}

// Result is what came of it.
type Result struct {
	Version  int    `json:"version"`
	DryRun   bool   `json:"dry_run"`
	Found    int64  `json:"found"`           // live sessions in the old store
	Moved    int64  `json:"moved"`           // now in the new one, and no longer in the old one
	Others   int64  `json:"others"`          // were brought over, or have ended, while this was at it
	Verified int64  `json:"verified"`        // were loaded from the new store and are what they were
	Differ   int64  `json:"differ"`          // are not
	Failed   int64  `json:"failed"`          // could not be moved, and are where they were
	Error    string `json:"error,omitempty"` // the first of them

	mu sync.Mutex
}

// Run moves what from has into to. It can be stopped at any time and run again:
// each session is in one of them, and goes over by itself.
func Run(ctx context.Context, to, from moving.Backend, o Options) (*Result, error) {
	r := &Result{Version: 1, DryRun: o.DryRun}
	if err := moving.Distinct(ctx, to, from); err != nil {
		return r, err
	}
	all, exact, err := from.Count(ctx)
	if err != nil {
		return r, fmt.Errorf("counting the sessions: %w", err)
	}
	defer o.Progress.Done()
	mover := moving.New(to, from)
	entries := make(chan target.Entry)
	var wg sync.WaitGroup
	for range o.Concurrency {
		wg.Go(func() {
			for e := range entries {
				r.move(ctx, mover, to, e, o)
			}
		})
	}
	err = r.walk(ctx, from, entries, all, exact, o)
	close(entries)
	wg.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return r, err
}

// walk hands out the sessions of the old store, no faster than the rate.
func (r *Result) walk(ctx context.Context, from moving.Backend, entries chan<- target.Entry, all int, exact bool, o Options) error {
	begin, told := time.Now(), time.Time{}
	for e, err := range from.All(ctx) {
		if err != nil {
			return fmt.Errorf("listing the sessions: %w", err)
		}
		n := atomic.AddInt64(&r.Found, 1)
		if time.Since(told) > 100*time.Millisecond {
			told = time.Now()
			o.Progress.Say("%s %d of %d%s", term.Bar(int(n), all), n, max(all, int(n)), map[bool]string{false: " or more"}[exact])
		}
		if o.DryRun {
			continue
		}
		if o.Rate > 0 {
			due := begin.Add(time.Duration(n) * time.Second / time.Duration(o.Rate))
			if !sleep(ctx, time.Until(due)) {
				return ctx.Err()
			}
		}
		select {
		case entries <- e:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Result) move(ctx context.Context, mover *moving.Store, to moving.Backend, e target.Entry, o Options) {
	moved, err := mover.Move(ctx, e.ID)
	switch {
	case ctx.Err() != nil:
		return // stopped: whatever this one has come to, it is in one of the two
	case err != nil:
		r.fail(e, err)
		return
	case !moved:
		atomic.AddInt64(&r.Others, 1)
		return
	}
	atomic.AddInt64(&r.Moved, 1)
	if !o.Verify {
		return
	}
	here, err := to.Load(ctx, e.ID)
	switch was := e.Record; {
	case err != nil:
		r.fail(e, err)
	case here.Revision != was.Revision: // a visitor has changed it since
		atomic.AddInt64(&r.Others, 1)
	case here.User != was.User || here.Realm != was.Realm || !here.Deadline.Equal(was.Deadline) || here.Expires.Before(was.Expires) || here.Values.JSON() != was.Values.JSON():
		atomic.AddInt64(&r.Differ, 1)
	default:
		atomic.AddInt64(&r.Verified, 1)
	}
}

func (r *Result) fail(e target.Entry, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Failed++; r.Error == "" {
		r.Error = fmt.Sprintf("session %s: %v", e.ID.Short(), err)
	}
}
