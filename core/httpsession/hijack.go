package httpsession

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gosessionkit/sessionkit/core/session"
)

type hijackWriter struct{ Writer }

func (w *hijackWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }

type flushHijackWriter struct{ flushWriter }

func (w *flushHijackWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w.hijack() }

// hijackable reports whether w, or a writer below it that
// [http.ResponseController] would reach, is an http.Hijacker. One that the
// controller reached past the session's writer would leave it unsaved.
func hijackable(w http.ResponseWriter) bool {
	for {
		switch t := w.(type) {
		case http.Hijacker:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return false
		}
	}
}

// hijack saves first.
func (w *Writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	before := len(w.ResponseWriter.Header()["Set-Cookie"])
	if w.Commit() != nil {
		return nil, nil, ErrNotSaved
	}
	return Hijack(w.ResponseWriter, &w.exchange, w.ResponseWriter.Header()["Set-Cookie"][before:])
}

// Hijack takes over the connection of w, in whose headers Commit of x has put the
// Set-Cookie lines, or a token. Who takes over writes an answer of his own and need
// not look at those headers: they are added to the answer where it lacks them,
// and the log says so ([session.Exchange.CookieLost]). It is for adapters.
func Hijack(w http.ResponseWriter, x *session.Exchange, setCookies []string) (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	var lines []string
	for _, cookie := range setCookies {
		lines = append(lines, "Set-Cookie: "+cookie)
	}
	if name := x.TokenHeader(); name != "" && w.Header().Get(name) != "" {
		lines = append(lines, name+": "+w.Header().Get(name))
	}
	if err == nil && lines != nil {
		conn = &takenOver{Conn: conn, lines: lines, exchange: x}
		rw = bufio.NewReadWriter(rw.Reader, bufio.NewWriter(conn))
	}
	return conn, rw, err
}

// maxHead is how much of an answer is looked at for its headers.
const maxHead = 16 << 10

// takenOver is a connection whose first answer should have the lines.
type takenOver struct {
	net.Conn
	lines    []string
	exchange *session.Exchange

	mu   sync.Mutex
	head []byte // of the answer, as far as it was written
	seen bool   // all of it
}

// Write implements [io.Writer].
func (c *takenOver) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	more := c.missing(b)
	if more == nil {
		return c.Conn.Write(b)
	}
	if _, err := c.Conn.Write(more); err != nil {
		return 0, err
	}
	return len(b), nil
}

// missing returns b with the lines added, where it is the end of headers that
// lack them, and nil otherwise.
func (c *takenOver) missing(b []byte) []byte {
	if c.seen {
		return nil
	}
	sent := len(c.head)
	c.head = append(c.head, b...)
	end := bytes.Index(c.head, []byte("\r\n\r\n")) + len("\r\n")
	if end < len("\r\n") && len(c.head) < maxHead {
		return nil
	}
	var lines []byte
	for _, line := range c.lines {
		_, value, _ := strings.Cut(line, ": ")
		if needed, _, _ := strings.Cut(value, ";"); !bytes.Contains(c.head[:max(end, 0)], []byte(needed)) {
			lines = append(lines, line+"\r\n"...)
		}
	}
	add := lines != nil && end >= sent && end >= len("\r\n") && bytes.HasPrefix(c.head, []byte("HTTP/1."))
	if c.seen, c.head = true, nil; lines != nil {
		c.exchange.CookieLost(add)
	}
	if !add {
		return nil
	}
	return slices.Concat(b[:end-sent], lines, b[end-sent:])
}
