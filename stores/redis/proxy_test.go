package redis_test

import (
	"net"
	"sync/atomic"
	"testing"
)

// proxy stands between a client and a server and breaks connections on
// request.
type proxy struct {
	addr     string
	requests atomic.Int32 // so many requests are cut off before the server sees them
	answers  atomic.Int32 // so many answers are cut off before the client sees them
}

func startProxy(t testing.TB, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{addr: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			go forward(upstream, client, &p.requests)
			go forward(client, upstream, &p.answers)
		}
	}()
	return p
}

// forward copies until either end closes or cut says to break here.
func forward(to, from net.Conn, cut *atomic.Int32) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if cut.Load() > 0 {
			cut.Add(-1)
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
