package httpsession

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"strings"
	"sync"
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

// hijack saves first. Who takes the connection over writes an answer without
// asking the writer for its headers, so the cookie is looked for there.
func (w *Writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	before := len(w.ResponseWriter.Header()["Set-Cookie"])
	if w.Commit() != nil {
		return nil, nil, ErrNotSaved
	}
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if lines := w.ResponseWriter.Header()["Set-Cookie"]; err == nil && len(lines) > before {
		pair, _, _ := strings.Cut(lines[len(lines)-1], ";")
		conn = &takenOver{Conn: conn, cookie: []byte(pair), lost: w.exchange.CookieLost}
		rw = bufio.NewReadWriter(rw.Reader, bufio.NewWriter(conn))
	}
	return conn, rw, err
}

// maxHead is how much of an answer is looked at for its headers.
const maxHead = 16 << 10

// takenOver is a connection whose first answer should set the cookie.
type takenOver struct {
	net.Conn
	cookie []byte

	mu   sync.Mutex
	head []byte
	lost func() // nil when the headers have been seen
}

// Write implements [io.Writer].
func (c *takenOver) Write(b []byte) (int, error) {
	c.watch(b)
	return c.Conn.Write(b)
}

func (c *takenOver) watch(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost == nil {
		return
	}
	c.head = append(c.head, b...)
	head, _, whole := bytes.Cut(c.head, []byte("\r\n\r\n"))
	if !whole && len(c.head) < maxHead {
		return
	}
	if !bytes.Contains(head, c.cookie) {
		c.lost()
	}
	c.head, c.lost = nil, nil
}
