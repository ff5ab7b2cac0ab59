package redis

import (
	"context"
	"crypto/tls"
	"net"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
)

// addConnection adds how the client reaches its server. It makes a connection
// as the client makes them and closes it again: nothing else shows where a
// host name, a Sentinel or the app's own dialer lead.
func addConnection(ctx context.Context, in check.Inspection, o *goredis.Options) {
	in.Facts["password"] = yesNo(logsIn(o))
	in.Facts["tls"] = yesNo(o.TLSConfig != nil)
	if c := o.TLSConfig; c != nil {
		in.Facts["tls_verified"] = yesNo(!c.InsecureSkipVerify || c.VerifyPeerCertificate != nil || c.VerifyConnection != nil)
	}
	conn, err := dial(ctx, o)
	if err != nil {
		in.Unchecked["loopback"] = "a connection to find out failed: " + err.Error()
		return
	}
	defer conn.Close()
	if _, encrypted := conn.(*tls.Conn); encrypted {
		in.Facts["tls"] = "yes"
	}
	switch remote := conn.RemoteAddr().(type) {
	case *net.TCPAddr:
		in.Facts["loopback"] = yesNo(remote.IP.IsLoopback())
	case *net.UnixAddr:
		in.Facts["loopback"] = "yes"
	default:
		in.Unchecked["loopback"] = "the client's dialer does not tell where it leads"
	}
}

// logsIn reports whether the client has a password to give.
func logsIn(o *goredis.Options) bool {
	return o.Password != "" || o.CredentialsProvider != nil || o.CredentialsProviderContext != nil || o.StreamingCredentialsProvider != nil
}

// dial makes a connection. The client's own dialer does not heed the context
// in a TLS handshake; a connection that comes too late is closed.
func dial(ctx context.Context, o *goredis.Options) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result)
	go func() {
		conn, err := o.Dialer(ctx, o.Network, o.Addr)
		select {
		case done <- result{conn, err}:
		case <-ctx.Done():
			if err == nil {
				conn.Close()
			}
		}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
