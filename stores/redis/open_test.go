package redis_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

const password = "s3cret-pa55"

// refuse opens a URL that cannot work and checks what the error says.
func refuse(t *testing.T, url string, want ...string) error {
	t.Helper()
	return refuseWithin(t, redis.DefaultTimeout, url, want...)
}

func refuseWithin(t *testing.T, timeout time.Duration, url string, want ...string) error {
	t.Helper()
	began := time.Now()
	s, err := redis.Open(t.Context(), url, redis.WithLogger(quiet()), redis.WithTimeout(timeout))
	if err == nil {
		s.Close()
		t.Fatal("opened")
	}
	t.Logf("took %v", time.Since(began))
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
	if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q", err)
	}
	return err
}

func TestOpenRefused(t *testing.T) {
	t.Parallel()
	addr := "127.0.0.1:" + redistest.FreePort(t)
	err := refuse(t, "redis://ada:"+password+"@"+addr+"/3")
	if want := "cannot reach Redis at " + addr + ": connection refused. Start Redis, or correct the URL"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	var open *redis.OpenError
	if !errors.As(err, &open) || open.Fix != "" {
		t.Errorf("%#v", err)
	}
	refuse(t, "redis+cluster://:"+password+"@"+addr, "cannot reach Redis at "+addr+" (cluster): ")
	refuse(t, "redis+sentinel://:"+password+"@"+addr+"/main", "cannot reach Redis at main/0 by sentinel "+addr+": connection refused")
	refuse(t, "unix://:"+password+"@/nonexistent/redis.sock", "cannot reach Redis at /nonexistent/redis.sock: no such file or directory")
	refuse(t, "redis://:"+password+"@redis.invalid:6379", "no such host: redis.invalid")
}

// A server that accepts connections and says nothing.
func TestOpenSilent(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	srv.Pause()
	refuse(t, srv.URL(), "no answer in time. Start Redis")
	refuseWithin(t, 200*time.Millisecond, "redis+cluster://"+srv.Addr, "no answer in time. Start Redis")

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := redis.Open(ctx, srv.URL())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

func TestOpenWrongServer(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	refuseWithin(t, 200*time.Millisecond, "rediss://"+srv.Addr, "no answer in time", "use redis:// instead")
	refuse(t, srv.URL()+"?db=99", "The URL names a database that this Redis does not have")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	refuse(t, "redis://"+l.Addr().String(), "closed the connection", "rediss://")
}

// No error quotes a URL, whatever is wrong with it.
func TestOpenBadURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"",
		password,
		"localhost:6379",
		"http://:" + password + "@localhost",
		"redis://:" + password + "/x@localhost:6379",
		"redis://:" + password + "?x@localhost:6379",
		"redis://:1?" + password + "@localhost:6379",
		"redis://:" + password + "#x@localhost:6379",
		"redis://:x@" + password + "@local host",
		"redis://user/" + password + "@localhost:6379",
		"redis://:%zz" + password + "@localhost",
		"redis://:" + password,
		"redis://:" + password + "@localhost/notanumber",
		"redis://:" + password + "@localhost?nonsense=1",
		"redis://:" + password + "@one:1,two:2",
		"unix://:" + password + "@",
		"redis+sentinel://:" + password + "@localhost",
		"redis+sentinel://:" + password + "@localhost/main/x/y",
		"redis+sentinel://:" + password + "@localhost/main?route_randomly=true",
		"redis+cluster://:" + password + "@",
		"redis+cluster://:" + password + "@one,,two",
		"redis+cluster://:" + password + "@one/3",
		"redis+cluster://:" + password + "@one?read_only=true",
	} {
		err := refuse(t, url, "Redis URL: ")
		var open *redis.OpenError
		if errors.As(err, &open) {
			t.Errorf("%q: a bad URL is told as an unreachable server: %v", url, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	if got, want := open(t, srv.URL(), "").Describe(), (driver.Description{Kind: "redis", Address: srv.Addr + "/0"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	client := goredis.NewClient(&goredis.Options{Addr: srv.Addr, DB: 2, Password: password})
	defer client.Close()
	if got := redis.New(client).Describe().Address; got != srv.Addr+"/2" {
		t.Errorf("got %q", got)
	}
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redis.sock")
	redistest.Start(t, "--unixsocket", path)
	s := open(t, "unix://"+path+"?db=1", "")
	useAll(t, s)
	if got := s.Describe().Address; got != path+"/1" {
		t.Errorf("address %q", got)
	}
}

// 99: a client that was handed in is its owner's.
func TestBorrowedClient(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: srv.Addr})
	defer client.Close()
	s := redis.New(client)
	create(t, s, "ada")
	if s.Client() != goredis.UniversalClient(client) || s.Prefix() != redis.DefaultPrefix {
		t.Error("another client or prefix")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Errorf("the client was closed: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	other := redis.New(client)
	client.Close()
	if _, err := other.Load(t.Context(), newID()); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after its owner closed the client: %v", err)
	}
}
