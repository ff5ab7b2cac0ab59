package debug_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug"
)

// What to do about a store that fails depends on how it does.
func TestProblemByCause(t *testing.T) {
	t.Parallel()
	refuses := func(code, advice string) error {
		return fmt.Errorf("redis store: save: %w", &check.Refusal{Code: code, Advice: advice, Err: errors.New(code + " hunter2hunter2")})
	}
	for name, c := range map[string]struct {
		err                  error
		reason, meaning, fix string
	}{
		"full":        {refuses("OOM", ""), debug.ReasonStoreRefuses, "is full", "-h 10.0.0.7 -p 6379 CONFIG SET maxmemory "},
		"replica":     {refuses("READONLY", ""), debug.ReasonStoreRefuses, "replica", "to the primary's address"},
		"no right":    {refuses("NOPERM", "grant it, or change the URL"), debug.ReasonStoreRefuses, "refuses what it was asked", "grant it, or change --redis-url (REDIS_URL)"},
		"hangs":       {fmt.Errorf("redis store: save: %w", context.DeadlineExceeded), debug.ReasonStoreUnavailable, "too long", "-h 10.0.0.7 -p 6379 --latency"},
		"unreachable": {errors.New("connection refused"), debug.ReasonStoreUnavailable, "does not answer", "start Redis"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newFakeStore("redis", "10.0.0.7:6379/0")
			a := newApp(t, config.Config{RedisURL: config.NewSecret("redis://:hunter2hunter2@10.0.0.7:6379/0")}, store)
			cookie := a.visit("/login", "")
			store.broken.Store(&c.err)
			p := ask[debug.Problem](a, http.StatusServiceUnavailable, "POST", "/debug/probe", withCookie(cookie))
			if p.Reason != c.reason || !strings.Contains(p.Meaning, c.meaning) || !strings.Contains(p.Fix, c.fix) {
				t.Errorf("%+v", p)
			}
			// The reports know the kind of the error too, after it was scrubbed.
			s := get[debug.StoreReport](a, http.StatusServiceUnavailable, "/debug/store")
			if !strings.Contains(s.Help, c.fix) {
				t.Errorf("store: %+v", s)
			}
			if c.reason == debug.ReasonStoreRefuses && strings.Contains(p.Fix+s.Help, "start Redis") {
				t.Errorf("probe: %q, store: %q", p.Fix, s.Help)
			}
			if text := fmt.Sprint(p, s, get[debug.ConfigReport](a, 200, "/debug/config").Findings); strings.Contains(text, "hunter2hunter2") {
				t.Errorf("it holds the password: %s", text)
			}
		})
	}
}
