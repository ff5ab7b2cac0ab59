package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// databases is how many the private Redis has: one for each contender and
// each purpose.
const databases = 128

// redisServer is a Redis for this run alone, which keeps nothing on disk.
type redisServer struct {
	addr string
	dir  string
	cmd  *exec.Cmd
	used int // databases
}

func startRedis(ctx context.Context) (*redisServer, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, errors.New("redis-server is not installed: make test installs it where it may")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	dir, err := os.MkdirTemp("", "sessionkit-bench-")
	if err != nil {
		return nil, err
	}
	s := &redisServer{addr: addr.String(), dir: dir}
	s.cmd = command(ctx, otherCore, "redis-server", "--bind", "127.0.0.1", "--port", strconv.Itoa(addr.Port), "--dir", dir,
		"--save", "", "--appendonly", "no", "--databases", strconv.Itoa(databases))
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	client := s.client(0)
	defer client.Close()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err = client.Ping(ctx).Err(); err == nil {
			return s, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			s.stop()
			return nil, fmt.Errorf("redis-server does not answer: %w", err)
		}
	}
}

func (s *redisServer) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
	os.RemoveAll(s.dir)
}

// db gives out a database that nobody uses.
func (s *redisServer) db() int {
	s.used++
	return s.used
}

func (s *redisServer) client(db int) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.addr, DB: db})
}
