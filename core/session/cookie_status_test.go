package session_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// What a cookie says of its origin can be told without the store.
func TestCookieStatus(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	status := func(cookies ...string) session.Status {
		ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: cookies})
		status, err := exchangeOf(ctx).CookieStatus(m)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "n", 1) })
	good := b.cookie
	if err := m.Close(); err != nil { // the store answers nothing any more
		t.Fatal(err)
	}

	want(t, "no cookie", status(), session.Status{State: session.StateNew, Reason: diagnose.ReasonNone, From: config.TokenCookie})
	ours := session.Status{From: config.TokenCookie, Cookies: 1, Key: m.Diagnostics().Fingerprints()[0], Store: m.Diagnostics().StoreID()}
	want(t, "a good one", status(good), ours)
	ours.Cookies = 3
	want(t, "a good one among others", status("session=x; "+good, "session=y"), ours)
	edited := session.Status{State: session.StateRejected, Reason: diagnose.ReasonBadSignature, From: config.TokenCookie, Cookies: 2, Key: ours.Key, Store: ours.Store}
	want(t, "an edited one", status("session=x; "+good[:len(good)-22]+"AAAAAAAAAAAAAAAAAAAAAA"), edited)
}

func TestCookieStatusWithoutMiddleware(t *testing.T) {
	t.Parallel()
	m := memoryManager(t)
	other := newManager(t, config.Config{SecretKey: config.NewSecret("another key of thirty-two bytes."), Cookie: config.Cookie{Name: "other"}}, memstore.New(0))
	ctx, _, _ := sessiontest.Open(t.Context(), other, session.Incoming{})
	if _, err := exchangeOf(ctx).CookieStatus(m); !errors.Is(err, session.ErrNoMiddleware) {
		t.Error(err)
	}
}

// exchangeOf is that of a request, nil for none.
func exchangeOf(ctx context.Context) *session.Exchange {
	x, _ := ctx.Value(session.ContextKey).(*session.Exchange)
	return x
}
