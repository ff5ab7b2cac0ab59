package prefork

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

var errCannotShare = errors.New("several processes cannot share a port on this system (no SO_REUSEPORT): start with --workers 1")

// supervisor keeps the workers running.
type supervisor struct {
	workers int
	program string
	env     []string
}

// supervise runs cfg.Workers workers until ctx is done.
func supervise(ctx context.Context, cfg config.Config, addr string) error {
	if !canShare {
		return errCannotShare
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("cannot start workers: %w", err)
	}
	address, err := reserve(addr)
	if err != nil {
		return err
	}
	s := &supervisor{workers: cfg.Workers, program: program, env: append(os.Environ(), addressVariable+"="+address)}
	if cfg.SecretKey.IsZero() {
		s.env = append(s.env, keyVariable+"="+randomKey())
	}
	return s.run(ctx)
}

// randomKey is text: a variable cannot hold every byte.
func randomKey() string {
	var key [32]byte
	rand.Read(key[:])
	return base64.RawURLEncoding.EncodeToString(key[:])
}

// run starts one worker, and the others when that one is ready: what keeps a
// worker from starting is then found and said once.
func (s *supervisor) run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	first, err := s.start(ctx)
	switch {
	case ctx.Err() != nil && err != nil: // told to stop before it began
		return nil
	case err != nil:
		return err
	}
	s.env = append(s.env, variable(first.ready.Said))
	up := make(chan struct{}, s.workers)
	all.Go(func() { s.keep(ctx, first, up) })
	for range s.workers - 1 {
		all.Go(func() { s.keep(ctx, nil, up) })
	}
	for range s.workers {
		select {
		case <-up:
		case <-ctx.Done():
			return nil
		}
	}
	slog.Info(first.ready.announcement(s.workers))
	<-ctx.Done()
	return nil
}

// keep keeps one worker running, the one given to begin with, and says on up
// when it does so for the first time.
func (s *supervisor) keep(ctx context.Context, worker *process, up chan<- struct{}) {
	pause, began := backoff{}, time.Now()
	for ctx.Err() == nil {
		var err error
		if worker == nil {
			began = time.Now()
			worker, err = s.start(ctx)
		}
		if err == nil {
			if up == nil {
				slog.Info("another worker is ready", "worker", worker.cmd.Process.Pid)
			} else {
				up <- struct{}{}
				up = nil
			}
			err = worker.wait(ctx)
			worker = nil
		}
		if ctx.Err() == nil {
			wait := pause.next(time.Since(began))
			slog.Warn("a worker ended, starting another one", "reason", err, "wait", wait)
			sleep(ctx, wait)
		}
	}
}
