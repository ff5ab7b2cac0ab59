package redis_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// A worker that Redis refuses says so at its start, with the finding, whatever
// the mode and what is silenced.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		finding string
		args    []string
		begin   func(t *testing.T, srv *redistest.Server)
		user    string
		words   []string
	}{
		{finding: "redis-full", args: []string{"--maxmemory", "1", "--maxmemory-policy", "noeviction"}, words: []string{"OOM command not allowed", " CONFIG SET maxmemory "}},
		{finding: "redis-replica", begin: func(_ *testing.T, srv *redistest.Server) { srv.Do("REPLICAOF", "127.0.0.1", srv.Port()) },
			words: []string{"READONLY", "set --redis-url (REDIS_URL) to the primary's address"}},
		{finding: "store-refuses", begin: func(t *testing.T, srv *redistest.Server) {
			grant(t, srv, "~session:*", "+ping", "+info", "+config|get", "+@connection")
		}, user: "kit:" + password + "@",
			words: []string{"ACL user lacks a right"}},
	} {
		t.Run(c.finding, func(t *testing.T) {
			t.Parallel()
			srv := redistest.Start(t, c.args...)
			if c.begin != nil {
				c.begin(t, srv)
			}
			for _, mode := range []config.Mode{config.Development, config.Production, config.Test} {
				cfg := config.Config{Mode: mode, SecretKey: config.NewSecret("pq8Yf0b8m2H6kVw1cT4nZs9eRj5uXa3LdG7oQi2By0E="), Silence: []string{c.finding}}
				_, err := session.NewManager(t.Context(), cfg, open(t, "redis://"+c.user+srv.Addr, ""), session.WithLogger(quiet()))
				var found check.Finding
				var refusal *check.Refusal
				if !errors.As(err, &found) || found.ID != c.finding || !errors.As(err, &refusal) {
					t.Fatalf("%s: got %v", mode, err)
				}
				for _, word := range append(c.words, "the store answers, and refuses", "identify", "docs/checks.md#"+c.finding) {
					if !strings.Contains(err.Error(), word) {
						t.Errorf("%s: %v lacks %q", mode, err, word)
					}
				}
				for _, word := range []string{"does not answer", "script: ", "user_script", password} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%s: %v has %q", mode, err, word)
					}
				}
			}
		})
	}
}

// A Redis that fills up while a worker runs: what is there can be read, the
// checks say why nothing is stored, and their fix works.
func TestFillsUp(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, s, session.WithLogger(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := create(t, s, "ada")
	srv.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
	srv.Do("CONFIG", "SET", "maxmemory", "1")
	var refusal *check.Refusal
	if err := s.Save(t.Context(), newID(), newRecord("ada")); !errors.As(err, &refusal) || refusal.Code != "OOM" {
		t.Errorf("got %v", err)
	}
	load(t, s, id)
	var fix string
	for _, f := range m.Diagnostics().Findings(t.Context()) {
		if f.ID == "redis-full" && f.Severity == check.Error {
			fix = f.Fix
		}
	}
	_, rest, _ := strings.Cut(fix, "run: redis-cli -h 127.0.0.1 -p "+srv.Port()+" ")
	command, _, _ := strings.Cut(rest, " && ")
	if command == "" {
		t.Fatalf("the fix is %q", fix)
	}
	srv.Do(strings.Fields(command)...)
	create(t, s, "ada")
}

// What Redis says may be a sentence already.
func TestOpenRefusedReadsWell(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	srv.Do("CONFIG", "SET", "requirepass", password)
	for _, user := range []string{"", "nobody:wrong@"} {
		_, err := redis.Open(t.Context(), "redis://"+user+srv.Addr, redis.WithLogger(quiet()))
		if err == nil || strings.Contains(err.Error(), "..") {
			t.Errorf("got %v", err)
		}
	}
}
