package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// openTimeout bounds how long Open waits for the first answer, so that it has
// said what is wrong within 5 seconds.
const openTimeout = 4500 * time.Millisecond

// Open connects to the Redis that url names and returns when it has answered,
// or with an [*OpenError] within 5 seconds, or sooner if ctx ends. An error
// about the URL itself is of another type; no error quotes the URL. What fails
// until then is in the error alone. Later go-redis writes each attempt to
// connect that fails to its own log, which is one for all clients of the
// program: goredis.SetLogger sends it elsewhere.
//
//	redis://user:password@host:6379/0
//	rediss://...                           with TLS
//	unix://user:password@/run/redis.sock?db=0
//	redis+sentinel://user:password@host:26379,host2:26379/mymaster/0
//	rediss+sentinel://...
//	redis+cluster://user:password@host:6379,host2:6379
//	rediss+cluster://...
//
// The user may be left out: redis://:password@host. The port may be, too. The
// Sentinels' own credentials are in ?sentinel_username= and
// &sentinel_password=.
//
// All other query parameters are those of go-redis: among them dial_timeout,
// read_timeout, write_timeout, pool_timeout, pool_size, max_retries, protocol
// and, with TLS, skip_verify. Where the URL has none, the time outs are
// that of [WithTimeout], reads are tried again twice and idle connections closed after
// four minutes, before most load balancers drop them.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	timeout := optionsOf(opts).timeout.String()
	t, err := parseURL(url, map[string]string{
		"dial_timeout":       timeout,
		"read_timeout":       timeout,
		"write_timeout":      timeout,
		"pool_timeout":       timeout,
		"max_retry_backoff":  "100ms",
		"conn_max_idle_time": "4m",
		"pipeline_pool_size": "-1", // what goes out together uses the one pool
	})
	if err != nil {
		return nil, err
	}
	var opened atomic.Bool
	t.dialQuietly(&opened)
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if t.sentinel != nil {
		if err := t.askSentinels(ctx); err != nil {
			return nil, openError(t, err)
		}
	}
	s := New(t.client(), opts...)
	s.own = true
	s.address = t.address()
	if t.single != nil {
		s.address += "/" + strconv.Itoa(t.single.DB)
	}
	if err := s.client.Ping(ctx).Err(); err != nil {
		s.client.Close()
		return nil, openError(t, err)
	}
	opened.Store(true)
	return s, nil
}

// clusterReload is how old the client's map of a Cluster gets while it is used.
// A primary that is gone sends no redirect, so this is also how long the
// client may look for a failed primary's replica in the wrong place.
const clusterReload = time.Second

// client makes the client. A failed dial is not repeated: a server that is
// down is to be noticed at once.
func (t target) client() goredis.UniversalClient {
	switch {
	case t.sentinel != nil:
		t.sentinel.ContextTimeoutEnabled = true
		t.sentinel.DialerRetries = 1
		setDefault(&t.sentinel.MaxRetries, 2)
		return goredis.NewFailoverClient(t.sentinel)
	case t.cluster != nil:
		// A cluster client has its own way to try again, on other nodes.
		t.cluster.ContextTimeoutEnabled = true
		t.cluster.DialerRetries = 1
		if t.cluster.ClusterStateReloadInterval == 0 {
			t.cluster.ClusterStateReloadInterval = clusterReload
		}
		t.cluster.MaintNotificationsConfig = noNotifications()
		return goredis.NewClusterClient(t.cluster)
	}
	t.single.ContextTimeoutEnabled = true
	t.single.DialerRetries = 1
	t.single.MaintNotificationsConfig = noNotifications()
	setDefault(&t.single.MaxRetries, 2)
	return goredis.NewClient(t.single)
}

func setDefault(n *int, to int) {
	if *n == 0 {
		*n = to
	}
}

// noNotifications saves a command on each new connection that no open source
// Redis knows.
func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// address says where the target is, without credentials and without the
// database of a single server.
func (t target) address() string {
	switch {
	case t.sentinel != nil:
		return fmt.Sprintf("%s/%d by sentinel %s", t.sentinel.MasterName, t.sentinel.DB, strings.Join(t.sentinel.SentinelAddrs, ","))
	case t.cluster != nil:
		return strings.Join(t.cluster.Addrs, ",") + " (cluster)"
	}
	return t.single.Addr
}

// tls returns how the target's certificate is checked, or nil when it is to be
// reached without TLS.
func (t target) tls() *tls.Config {
	switch {
	case t.sentinel != nil:
		return t.sentinel.TLSConfig
	case t.cluster != nil:
		return t.cluster.TLSConfig
	}
	return t.single.TLSConfig
}

// OpenError says why Redis could not be opened.
type OpenError struct {
	Address string // without user name and password
	Cause   string // a phrase such as "connection refused"
	Fix     string // what to do about it, a phrase such as "Start Redis", or "" when the cause does not tell
	Err     error  // what the client said
}

func (e *OpenError) Error() string {
	fix := e.Fix
	if fix == "" {
		fix = "Start Redis, or correct the URL"
	}
	return fmt.Sprintf("cannot reach Redis at %s: %s. %s", e.Address, e.Cause, fix)
}

func (e *OpenError) Unwrap() error { return e.Err }

// certificateFix is what to do about a certificate that is not accepted.
func certificateFix(err error) string {
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return "The certificate is for another host: use the name in the URL that it is for, or have one made for " + strconv.Quote(name.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "Renew the certificate, or set this machine's clock"
	}
	return "Have the system trust the authority that signed the certificate, or name its certificate in SSL_CERT_FILE"
}

func openError(t target, err error) *OpenError {
	e := &OpenError{Address: t.address(), Err: err, Cause: strings.TrimSuffix(err.Error(), "."), Fix: hintFor(err)}
	var errno syscall.Errno
	var dns *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record):
		e.Cause, e.Fix = "it does not speak TLS there", "Use redis:// instead of rediss://, or the port for TLS"
	case errors.As(err, &certificate):
		e.Cause, e.Fix = certificate.Err.Error(), certificateFix(certificate.Err)
	case errors.As(err, &dns):
		e.Cause = "no such host: " + dns.Name
	case errors.Is(err, context.Canceled):
		e.Cause = "cancelled"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		e.Cause = "no answer in time"
		if t.tls() != nil {
			e.Fix = "Start Redis, or use redis:// instead of rediss:// if it does not speak TLS there"
		}
	case errors.As(err, &errno):
		e.Cause = errno.Error()
	case lost(err):
		e.Cause, e.Fix = "it closed the connection", "If it wants TLS, use rediss:// instead of redis://"
	case errors.Is(err, goredis.Nil) && t.sentinel != nil:
		e.Cause, e.Fix = "the Sentinels know no primary of that name", "Use the name in the URL that is behind \"sentinel monitor\" in their configuration"
	case isNoRedis(err):
		e.Cause, e.Fix = "this is no Redis: "+whatAnswers(err), "Use the host and the port that Redis listens on"
	}
	if e.Fix != "" {
		e.Fix = strings.ToUpper(e.Fix[:1]) + e.Fix[1:]
	}
	return e
}

// isNoRedis reports whether what came in answer cannot be Redis's.
func isNoRedis(err error) bool {
	return strings.Contains(err.Error(), "redis: can't parse") || strings.Contains(err.Error(), "redis: invalid reply")
}

// whatAnswers says what a server that is no Redis seems to be.
func whatAnswers(err error) string {
	for _, s := range [...]struct{ greeting, name string }{{`"HTTP/`, "an HTTP server answers there"}, {`"SSH-`, "an SSH server answers there"}} {
		if strings.Contains(err.Error(), s.greeting) {
			return s.name
		}
	}
	return "another kind of server answers there"
}
