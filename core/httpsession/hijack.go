package httpsession

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
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
	cookie := ""
	if lines := w.ResponseWriter.Header()["Set-Cookie"]; len(lines) > before {
		cookie = lines[len(lines)-1]
	}
	return Hijack(w.ResponseWriter, &w.exchange, cookie)
}

// Hijack takes over the connection of w, whose headers have the Set-Cookie line
// of x that is given, "" for none. Who takes over writes an answer of his own and
// need not look at those headers, so the cookie is looked for in it: see
// [session.Exchange.CookieLost]. It is for adapters.
func Hijack(w http.ResponseWriter, x *session.Exchange, setCookie string) (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err == nil && setCookie != "" {
		pair, _, _ := strings.Cut(setCookie, ";")
		conn = &takenOver{Conn: conn, cookie: []byte(pair), lost: x.CookieLost}
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
