package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// databases is how many the private Redis has: one for each contender and
// each purpose.
const databases = 128

// redisServer is a Redis for this run alone, which keeps nothing on disk.
type redisServer struct {
	addr string
	dir  string
	cmd  *exec.Cmd
	info *redis.Client // what asks for INFO
	used int           // databases

	release func() // of its port
}

func startRedis(ctx context.Context) (*redisServer, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, errors.New("redis-server is not installed: make test installs it where it may")
	}
	port, release, err := redistest.ClaimPort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sessionkit-bench-")
	if err != nil {
		return nil, err
	}
	s := &redisServer{addr: net.JoinHostPort("127.0.0.1", port), dir: dir, release: release}
	s.cmd = command(ctx, otherCore, "redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", dir,
		"--save", "", "--appendonly", "no", "--databases", strconv.Itoa(databases))
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.info = s.client(0)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err = s.info.Ping(ctx).Err(); err == nil {
			return s, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			s.stop()
			return nil, fmt.Errorf("redis-server does not answer: %w", err)
		}
	}
}

func (s *redisServer) stop() {
	s.info.Close()
	s.cmd.Process.Kill()
	s.cmd.Wait()
	os.RemoveAll(s.dir)
	s.release()
}

// redisUse is what Redis has done in all, or for a request.
type redisUse struct {
	redisCPU float64 // µs
	commands float64 // those in scripts included
}

// use is what Redis has done since it started.
func (s *redisServer) use(ctx context.Context) (u redisUse, err error) {
	for _, section := range []string{"cpu", "commandstats"} {
		text, err := s.info.Info(ctx, section).Result()
		if err != nil {
			return u, err
		}
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			calls, isCommand := strings.CutPrefix(value, "calls=")
			switch {
			case name == "used_cpu_user", name == "used_cpu_sys":
				seconds, err := strconv.ParseFloat(value, 64)
				if err != nil {
					return u, err
				}
				u.redisCPU += seconds * 1e6
			case isCommand:
				calls, _, _ = strings.Cut(calls, ",")
				n, err := strconv.ParseFloat(calls, 64)
				if err != nil {
					return u, err
				}
				u.commands += n
			}
		}
	}
	return u, nil
}

// since is what each request took of what was done after before.
func (u redisUse) since(before redisUse, requests int) redisUse {
	n := float64(requests)
	return redisUse{(u.redisCPU - before.redisCPU) / n, (u.commands - before.commands) / n}
}

// db gives out a database that nobody uses.
func (s *redisServer) db() int {
	s.used++
	return s.used
}

func (s *redisServer) client(db int) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.addr, DB: db})
}
