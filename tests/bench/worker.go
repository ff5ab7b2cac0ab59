package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
	"github.com/gosessionkit/sessionkit/tests/bench/generator"
)

// worker is the child that serves an app. It first says its address.
func worker(args []string) error {
	flags := flag.NewFlagSet("worker", flag.ExitOnError)
	name := flags.String("contender", "", "its name")
	var st app.Storage
	flags.StringVar(&st.Redis, "redis", "", "host:port")
	flags.IntVar(&st.DB, "db", 0, "in Redis")
	flags.DurationVar(&st.Idle, "idle", 0, "idle timeout")
	flags.Parse(args)
	c, err := app.ByName(*name)
	if err != nil {
		return err
	}
	a, err := c.Open(st)
	if err != nil {
		return err
	}
	defer a.Close()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go a.Serve(l)
	say(l.Addr().String(), nil)
	return questions(answerAsWorker)
}

// order is what a worker may be told.
type order struct {
	Do   string
	File string
}

func answerAsWorker(o order) (any, error) {
	switch o.Do {
	case "arrived":
		app.Arrived()
	case "release":
		app.Release()
	case "heap":
		runtime.GC()
		runtime.GC() // what the first one put into pools' second generation
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, nil
	case "cpu":
		return cpuTime(), nil
	case "profile":
		f, err := os.Create(o.File)
		if err != nil {
			return nil, err
		}
		return true, pprof.StartCPUProfile(f)
	case "profiled":
		pprof.StopCPUProfile()
		f, err := os.Create(o.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return true, pprof.Lookup("allocs").WriteTo(f, 0)
	default:
		return nil, fmt.Errorf("unknown order %q", o.Do)
	}
	return true, nil
}

// server is a worker as its parent sees it.
type server struct {
	*process
	addr string
}

func startWorker(ctx context.Context, c app.Contender, st app.Storage) (*server, error) {
	p, err := start(ctx, workerCore, "worker", "-contender", c.Name(), "-redis", st.Redis, "-db", strconv.Itoa(st.DB), "-idle", st.Idle.String())
	if err != nil {
		return nil, err
	}
	s := &server{process: p}
	if s.addr, err = hear[string](p); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", c.Name(), err)
	}
	return s, nil
}

// busy is the CPU time that the worker has used.
func (s *server) busy() (time.Duration, error) {
	return ask[time.Duration](s.process, order{Do: "cpu"})
}

// generate is the child that makes the load.
func generate([]string) error {
	return questions(func(job generator.Job) (any, error) { return generator.Run(job) })
}

// load has the generator do a job. An answer that is not 200 is an error.
func load(p *process, job generator.Job) (generator.Result, error) {
	r, err := ask[generator.Result](p, job)
	if err == nil && r.Failed > 0 {
		err = fmt.Errorf("%s %s: %d of %d requests failed: %q", job.Addr, job.Path, r.Failed, r.Requests, r.Failure)
	}
	return r, err
}
