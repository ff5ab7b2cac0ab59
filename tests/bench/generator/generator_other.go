//go:build !linux

package generator

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Kind says how the load is made.
const Kind = "one goroutine a connection"

// Run does a job.
func Run(job Job) (Result, error) {
	r := newRun(job)
	begin := time.Now()
	r.deadline = begin.Add(job.Duration)
	var mu sync.Mutex
	var all sync.WaitGroup
	failures := make([]error, job.Connections)
	for i := range job.Connections {
		all.Go(func() { failures[i] = serve(r, &mu) })
	}
	all.Wait()
	return r.done(time.Since(begin)), errors.Join(failures...)
}

func serve(r *run, mu *sync.Mutex) error {
	c, err := net.Dial("tcp", r.job.Addr)
	if err != nil {
		return err
	}
	defer c.Close()
	buf, n := make([]byte, 128<<10), 0
	for {
		now := time.Now()
		mu.Lock()
		b := r.request(now)
		mu.Unlock()
		if b == nil {
			return nil
		}
		if _, err := c.Write(b); err != nil {
			return err
		}
		for size := 0; size == 0; {
			more, err := c.Read(buf[n:])
			if err != nil {
				return err
			}
			n += more
			var head []byte
			if head, size, err = split(buf[:n]); err != nil {
				return err
			}
			if size > 0 {
				mu.Lock()
				r.answered(head, time.Since(now))
				mu.Unlock()
				n = copy(buf, buf[size:n])
			}
		}
	}
}
