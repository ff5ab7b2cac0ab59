package redis

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// dialer dials as the client does. go-redis writes each attempt that fails to a
// log that all of a program's clients share, by default standard error. While
// the store is being opened its error says the same, once, so until then a
// connection that could not be made is handed out as one that fails when it is
// used.
type dialer struct {
	dial func(ctx context.Context, network, addr string) (net.Conn, error)
	open *atomic.Bool
}

func (d dialer) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := d.dial(ctx, network, addr)
	if err != nil && !d.open.Load() {
		return notMade{undiluted{err}}, nil
	}
	return conn, err
}

// dialQuietly has the target's client write nothing about failed attempts
// until open is true.
func (t target) dialQuietly(open *atomic.Bool) {
	quiet := func(o *goredis.Options) func(context.Context, string, string) (net.Conn, error) {
		return dialer{goredis.NewDialer(o), open}.dialContext
	}
	switch {
	case t.sentinel != nil:
		t.sentinel.Dialer = quiet(&goredis.Options{DialTimeout: t.sentinel.DialTimeout, TLSConfig: t.sentinel.TLSConfig})
	case t.cluster != nil:
		t.cluster.Dialer = quiet(&goredis.Options{DialTimeout: t.cluster.DialTimeout, TLSConfig: t.cluster.TLSConfig})
	default:
		t.single.Dialer = quiet(&goredis.Options{DialTimeout: t.single.DialTimeout, TLSConfig: t.single.TLSConfig})
	}
}

// notMade is a connection that could not be made, for the reason err.
type notMade struct{ err error }

func (c notMade) Read([]byte) (int, error)         { return 0, c.err }
func (c notMade) Write([]byte) (int, error)        { return 0, c.err }
func (c notMade) Close() error                     { return nil }
func (c notMade) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c notMade) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c notMade) SetDeadline(time.Time) error      { return nil }
func (c notMade) SetReadDeadline(time.Time) error  { return nil }
func (c notMade) SetWriteDeadline(time.Time) error { return nil }

// undiluted stays whole although go-redis unwraps the error of a new connection
// once.
type undiluted struct{ error }

func (e undiluted) Unwrap() error { return e.error }
