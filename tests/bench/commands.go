package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
	"github.com/gosessionkit/sessionkit/tests/bench/generator"
)

// counted are the requests whose Redis commands are counted.
var counted = []struct {
	name, path string
	cookie     bool
	idle       time.Duration
}{
	{"not touched", "/plain", true, 0},
	{"read", "/read", true, 0},
	{"write", "/write", true, 0},
	{"new", "/fill", false, 0},
	{"not touched, idle timeout set", "/plain", true, 30 * time.Minute},
	{"read, idle timeout set", "/read", true, 30 * time.Minute},
}

// countCommands counts what a worker sends to Redis for each request.
func countCommands(ctx context.Context, rs *redisServer, gen *process, list []app.Contender) (string, error) {
	t := newTable("Redis commands a request", "router")
	for _, what := range counted {
		t.column(what.name)
	}
	for _, c := range list {
		row := t.row(c.Library, c.Router)
		for _, what := range counted {
			if what.idle > 0 && !c.HasIdle {
				row.add("")
				continue
			}
			n, err := commandsOf(ctx, rs, gen, c, what.path, what.cookie, what.idle)
			if err != nil {
				return "", err
			}
			row.add("%.1f", n)
		}
	}
	return t.String(), nil
}

func commandsOf(ctx context.Context, rs *redisServer, gen *process, c app.Contender, path string, withCookie bool, idle time.Duration) (float64, error) {
	db := 0 // emptied for each count
	client := rs.client(db)
	defer client.Close()
	if err := client.FlushDB(ctx).Err(); err != nil {
		return 0, err
	}
	w, err := startWorker(ctx, c, app.Storage{Redis: rs.addr, DB: db, Idle: idle})
	if err != nil {
		return 0, err
	}
	defer w.stop()
	cookies, err := begin(gen, w.addr, "/fill", 20)
	if err != nil {
		return 0, err
	}
	const requests = 200
	job := generator.Job{Addr: w.addr, Path: path, Cookies: cookies, Connections: 1, Requests: requests}
	if !withCookie {
		job.Cookies = nil
	}
	m, err := startMonitor(rs.addr, db)
	if err != nil {
		return 0, err
	}
	defer m.conn.Close()
	if _, err := load(gen, job); err != nil {
		return 0, err
	}
	if err := client.Echo(ctx, lastCommand).Err(); err != nil {
		return 0, err
	}
	n, err := m.count()
	return float64(n) / requests, err
}

// monitor sees every command that Redis gets.
type monitor struct {
	conn net.Conn
	in   *bufio.Reader
	db   string
}

const lastCommand = "end-of-the-count"

func startMonitor(addr string, db int) (*monitor, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	m := &monitor{conn, bufio.NewReader(conn), fmt.Sprintf(" [%d ", db)}
	if _, err = conn.Write([]byte("MONITOR\r\n")); err == nil {
		_, err = m.in.ReadString('\n') // +OK
	}
	return m, err
}

// count is how many commands came until lastCommand, without those that
// scripts make inside Redis.
func (m *monitor) count() (n int, err error) {
	m.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		line, err := m.in.ReadString('\n')
		switch {
		case err != nil:
			return n, err
		case strings.Contains(line, lastCommand):
			return n, nil
		case strings.Contains(line, m.db) && !strings.Contains(line, " lua] "):
			n++
		}
	}
}
