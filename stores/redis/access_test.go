package redis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// rights are what the package's documentation says an ACL user needs.
const rights = "+get +mget +set +del +unlink +eval +evalsha +script|load +exists +getrange +setrange +pexpire " +
	"+rename +zadd +zrange +zrem +zremrangebyscore +zunionstore +hset +hdel +hgetall +pttl +time +scan +ping"

func grant(t *testing.T, srv *redistest.Server, rights ...string) {
	t.Helper()
	srv.Do(slices.Concat([]string{"ACL", "SETUSER", "kit", "reset", "on", ">" + password}, rights)...)
}

// The rights that people copy are those that are tried here.
func TestRightsInDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "stores.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is here alone, without the project's docs")
	}
	if want := "ACL SETUSER kit on >PASSWORD ~session:* " + rights + "\n"; err != nil || !strings.Contains(string(page), want) {
		t.Errorf("docs/stores.md lacks %q: %v", want, err)
	}
}

// useAll calls all there is.
func useAll(t *testing.T, s *redis.Store) {
	t.Helper()
	for _, user := range []string{"", "ada"} {
		id, r := create(t, s, user)
		save(t, s, id, r)
		if err := s.Touch(t.Context(), id, r.Expires); err != nil {
			t.Fatal(err)
		}
		load(t, s, id)
		corrupt(t, s, id)
		if _, err := s.Load(t.Context(), id); err != driver.ErrNotFound {
			t.Fatal(err)
		}
	}
	gone, _ := create(t, s, "ada")
	if err := s.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	kept, _ := create(t, s, "ada")
	for _, list := range []func(func(driver.Entry, error) bool){s.ByUser(t.Context(), driver.Owner{User: "ada"}), s.All(t.Context())} {
		n := 0
		for e, err := range list {
			if err != nil {
				t.Fatal(err)
			}
			if n++; e.ID != kept {
				t.Errorf("listed %v", e.ID)
			}
		}
		if n != 1 {
			t.Errorf("listed %d sessions", n)
		}
	}
	if n, exact, err := s.Count(t.Context()); n != 1 || !exact || err != nil {
		t.Errorf("count %d, exact %v, error %v", n, exact, err)
	}
	origin, err := s.Identify(t.Context(), driver.StoreID{1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Identify(t.Context(), driver.StoreID{5}); again != origin || err != nil {
		t.Errorf("identified as %v, then %v, error %v", origin, again, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	announce(t, s, "0a1b2c3e", time.Millisecond)
	eventually(t, "a worker expires", wantWorkers(s))
	announce(t, s, "0a1b2c3d", time.Hour) // and drops the other's entry
	if err := s.Withdraw(t.Context(), "0a1b2c3d"); err != nil {
		t.Fatal(err)
	}
}

func TestACLUser(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	grant(t, srv, append([]string{"~session:*"}, strings.Fields(rights)...)...)
	url := "redis://kit:" + password + "@" + srv.Addr
	s := open(t, url, "")
	useAll(t, s)
	if log := srv.Do("ACL", "LOG").([]any); len(log) != 0 {
		t.Errorf("refused: %v", log)
	}

	for _, few := range [][]string{{"~session:*", "+ping"}, {"~session:*", "+ping", "+eval", "+evalsha"}, {"~else:*", "+@all"}} {
		grant(t, srv, few...)
		s := open(t, url, "")
		for _, user := range []string{"", "ada"} {
			err := s.Save(t.Context(), newID(), newRecord(user))
			if err == nil || !strings.Contains(err.Error(), "lacks a right") || strings.Contains(err.Error(), password) {
				t.Errorf("%v: got error %v", few, err)
			}
		}
	}
	// Another database and a name for the connection each take one right more.
	grant(t, srv, slices.Concat([]string{"~session:*", "+select", "+client|setname"}, strings.Fields(rights))...)
	srv.Do("ACL", "LOG", "RESET")
	other := open(t, url+"/3?client_name=shop", "")
	useAll(t, other)
	if log := srv.Do("ACL", "LOG").([]any); len(log) != 0 {
		t.Errorf("refused on database 3: %v", log)
	}
	refuse(t, "redis://kit:wrong-"+password+"@"+srv.Addr, "The user name or the password in the URL is wrong")
	srv.Do("ACL", "SETUSER", "default", "resetpass", ">other-"+password)
	refuse(t, "redis://"+srv.Addr, "Redis wants a password")
	refuse(t, "redis://"+password+"@"+srv.Addr, "redis://:password@host")
}

// certificate writes a key and a certificate for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", cert), write("key.pem", "PRIVATE KEY", private), pool
}

func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	port := redistest.FreePort(t)
	srv := redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no")
	addr := "127.0.0.1:" + port
	useAll(t, open(t, "rediss://"+addr+"?skip_verify=true", "a:"))

	client := goredis.NewClient(&goredis.Options{Addr: addr, TLSConfig: &tls.Config{RootCAs: pool}})
	defer client.Close()
	useAll(t, redis.New(client, redis.WithPrefix("b:"), redis.WithLogger(quiet())))

	refuse(t, "rediss://:"+password+"@"+addr, "certificate signed by unknown authority", "Have the system trust")
	refuse(t, "redis://"+addr, "rediss://")
	refuse(t, "rediss://localhost:"+port, "localhost", "The certificate is for another host")

	// Connections that the server closed while idle are noticed late under TLS.
	s := open(t, "rediss://"+addr+"?skip_verify=true", "c:")
	id, r := create(t, s, "ada")
	srv.Do("CLIENT", "KILL", "TYPE", "normal")
	save(t, s, newID(), newRecord(""))
	srv.Do("CLIENT", "KILL", "TYPE", "normal")
	save(t, s, id, r)
}
