package redis_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// greeter is a server that says a line to everybody first.
func greeter(t *testing.T, line string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.Write([]byte(line))
				conn.Read(make([]byte, 1)) // the client's turn
			}()
		}
	}()
	return listener.Addr().String()
}

// The port of another server, in each kind of URL.
func TestOpenNoRedis(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	addr := web.Listener.Addr().String()
	for _, url := range []string{"redis://" + addr, "redis://:" + password + "@" + addr + "/1", "redis+cluster://" + addr, "redis+sentinel://" + addr + "/main"} {
		refuse(t, url, "this is no Redis: an HTTP server answers there. Use the host and the port that Redis listens on")
	}
	refuse(t, "redis://"+greeter(t, "SSH-2.0-OpenSSH_9.9\r\n"), "this is no Redis: an SSH server")
	refuse(t, "redis://"+greeter(t, "220 mail.example ESMTP\r\n"), "this is no Redis: another kind of server")
	refuse(t, "redis://"+greeter(t, "ERROR\r\n"), "this is no Redis: another kind of server") // memcached
}

// A Redis of another kind than the URL says.
func TestOpenOtherKindOfRedis(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	refuse(t, "redis+sentinel://"+srv.Addr+"/main", "This is a Redis and no Sentinel: use redis://")
	refuse(t, "redis+cluster://"+srv.Addr, "This Redis is not part of a Cluster: use redis://")
	watched := redistest.StartSentinel(t)
	refuse(t, "redis+sentinel://"+watched.Addr+"/nobody", "the Sentinels know no primary of that name")
	open(t, "redis+sentinel://127.0.0.1:"+redistest.FreePort(t)+","+watched.Addr+"/"+redistest.MasterName, "") // one of them is down
}
