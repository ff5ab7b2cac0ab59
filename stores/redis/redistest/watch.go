package redistest

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Watch sees the commands that clients send to a server, by MONITOR. What a
// script runs inside the server is not sent by a client and does not count.
type Watch struct {
	t    testing.TB
	addr string
	mu   sync.Mutex
	conn *conn
	next int
}

// Watch begins to record, until the test ends.
func (s *Server) Watch() *Watch {
	s.t.Helper()
	c, err := dial(s.Addr)
	if err != nil {
		s.t.Fatalf("redistest: watch: %v", err)
	}
	s.t.Cleanup(func() { c.Close() })
	if _, err := c.do("MONITOR"); err != nil {
		s.t.Fatalf("redistest: watch: %v", err)
	}
	return &Watch{t: s.t, addr: s.Addr, conn: c}
}

// handshake are the commands that a client sends by itself when it opens a
// connection: how many there are depends on its pool, not on what it is asked.
var handshake = []string{"AUTH", "CLIENT", "CLUSTER", "COMMAND", "HELLO", "READONLY", "SELECT"}

// Commands returns what was sent since the Watch, or since the last call, in
// the order it was run: each command with its arguments, the name in upper
// case. The commands that open a connection are left out.
func (w *Watch) Commands() [][]string {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	marker := w.mark()
	var seen [][]string
	for {
		w.conn.SetDeadline(time.Now().Add(startTimeout))
		line, err := w.conn.read()
		if err != nil {
			w.t.Fatalf("redistest: watch: %v", err)
		}
		source, args := parseMonitor(line.(string))
		switch {
		case slices.Equal(args, []string{"PING", marker}):
			return seen
		case source != "lua" && len(args) > 0 && !slices.Contains(handshake, args[0]):
			seen = append(seen, args)
		}
	}
}

// mark sends a command that can be told from all others: whatever was sent
// before it is recorded before it.
func (w *Watch) mark() string {
	w.t.Helper()
	w.next++
	marker := "redistest-" + w.conn.LocalAddr().String() + "-" + strconv.Itoa(w.next)
	c, err := dial(w.addr)
	if err != nil {
		w.t.Fatalf("redistest: watch: %v", err)
	}
	defer c.Close()
	if _, err := c.do("PING", marker); err != nil {
		w.t.Fatalf("redistest: watch: %v", err)
	}
	return marker
}

// parseMonitor takes apart a line such as
//
//	1700000000.123456 [0 127.0.0.1:40000] "get" "key"
//
// where the part in brackets is the database and the source: an address, a
// socket, or "lua".
func parseMonitor(line string) (source string, args []string) {
	_, line, _ = strings.Cut(line, " [")
	where, rest, _ := strings.Cut(line, "] ")
	_, source, _ = strings.Cut(where, " ")
	for rest != "" {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			break
		}
		arg, err := strconv.Unquote(quoted)
		if err != nil {
			arg = quoted
		}
		args = append(args, arg)
		rest = strings.TrimPrefix(rest[len(quoted):], " ")
	}
	if len(args) > 0 {
		args[0] = strings.ToUpper(args[0])
	}
	return source, args
}
