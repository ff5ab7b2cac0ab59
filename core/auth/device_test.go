package auth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

func loginWith(t *testing.T, m *session.Manager, cookie string, options ...auth.LoginOption) string {
	t.Helper()
	return visit(t, m, cookie, func(ctx context.Context) {
		if err := auth.Login(ctx, "ada", options...); err != nil {
			t.Errorf("Login: %v", err)
		}
	})
}

// What routers say of an address, and what visitors put into headers that they
// believe.
func TestIPAndNetwork(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]struct{ ip, network string }{
		"192.0.2.7":                         {"192.0.2.7", "192.0.2.0/24"},
		"192.0.2.7:51234":                   {"192.0.2.7", "192.0.2.0/24"},
		"::ffff:192.0.2.7":                  {"192.0.2.7", "192.0.2.0/24"},
		"[::ffff:192.0.2.7]:80":             {"192.0.2.7", "192.0.2.0/24"},
		"2001:db8:1:2:3:4:5:6":              {"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
		"[2001:db8:1:2:3:4:5:6]:443":        {"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
		"fe80::1%eth0":                      {"fe80::1", "fe80::/48"},
		"[fe80::1%eth0]:80":                 {"fe80::1", "fe80::/48"},
		"":                                  {},
		"@":                                 {},
		"unknown":                           {},
		"shop.example":                      {},
		"192.0.2.7, 10.0.0.1":               {},
		"192.0.2.0/24":                      {},
		"192.0.2.7:port":                    {},
		"\xff\xfe":                          {},
		strings.Repeat("192.0.2.7", 10_000): {},
	} {
		m := sessiontest.NewManager(t)
		for _, c := range []struct {
			option auth.LoginOption
			want   string
		}{{auth.IP(addr), want.ip}, {auth.Network(addr), want.network}} {
			cookie := loginWith(t, m, "", c.option)
			if got := describeCurrent(t, m, cookie).From; got != c.want {
				t.Errorf("%.40q is %q, want %q", addr, got, c.want)
			}
		}
	}
}

func describeCurrent(t *testing.T, m *session.Manager, cookie string) (current auth.SessionInfo) {
	t.Helper()
	visit(t, m, cookie, func(ctx context.Context) {
		list, err := auth.Sessions(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Current {
				current = s
			}
		}
	})
	return current
}

// Nothing of the browser is kept that was not asked for, nor after a login that does
// not ask for it.
func TestNothingIsKeptUnasked(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	m := newManager(t, store)
	stored := func(cookie string) string {
		var r *driver.Record
		visit(t, m, cookie, func(ctx context.Context) {
			s, err := session.From(ctx)
			if err == nil {
				r, err = store.Load(ctx, s.ID())
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		return string(r.AppendJSON(nil))
	}
	plain := stored(login(t, m, "", "ada"))
	for _, member := range []string{"from", "used", "label", "auth"} {
		if strings.Contains(plain, member) {
			t.Errorf("a plain login keeps %q: %s", member, plain)
		}
	}
	all := loginWith(t, m, "", auth.IP("192.0.2.7"), auth.LastUsed(), auth.Label("phone"))
	if s := describeCurrent(t, m, all); s.From != "192.0.2.7" || s.LastUsed.IsZero() || s.Label != "phone" {
		t.Errorf("a login that asks for it keeps %+v", s)
	}
	if again := stored(login(t, m, all, "ada")); strings.Contains(again, "192.0.2.7") || strings.Contains(again, `"used"`) {
		t.Errorf("the next login keeps it: %s", again)
	}
}
