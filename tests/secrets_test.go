//go:build unix

package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Secrets that look different in every way of writing them.
const (
	redisPassword = `hunter2 <&"é+%\'@/? hunter2`
	signingKey    = `t7$Wq <&"é+%\'/ kZ2vX9mB4nR6pL8sD0fG`
	fallbackKey   = `o9%Bt <&"é+$\'/ q7WmCz1RvGj3NhEs6DpL`
	strangersKey  = `u8&Lf <%"é+$\'/ w5XnDa2SwHk4OiFt7EqM`
	operatorToken = `y3+Mh<&"%\'/ e6YpEb3TxJl5PjGu8FrN`
)

// Nothing that an app or the script prints or answers gives a secret away,
// however it is written: not in its log, not in a report, not in an error.
func TestSecretsAreKept(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		for _, mode := range []string{"development", "production"} {
			if testing.Short() && mode == "development" {
				continue // make test-all
			}
			t.Run(mode, func(t *testing.T) {
				t.Parallel()
				server := redistest.Start(t, "--requirepass", redisPassword)
				redisURL := (&url.URL{Scheme: "redis", Host: server.Addr, Path: "/0", User: url.UserPassword("", redisPassword)}).String()
				app := trial.Start(t, router, "SECRET_KEY="+signingKey, "SECRET_KEY_FALLBACKS="+fallbackKey, "REDIS_URL="+redisURL,
					"DEBUG_TOKEN="+operatorToken, "--mode", mode, "--workers", "2", "--debug-endpoints")
				stranger := trial.Start(t, router, "SECRET_KEY="+strangersKey, "--session-store", "memory", "--workers", "1")
				r := &transcript{t: t, app: app}
				login := r.ask("POST", "/login", "", "user", "ada")
				probe := r.ask("POST", "/debug/probe", "")
				stray := sessionCookie(stranger.NewBrowser().Do(http.StatusSeeOther, "POST", "/login", "user", "eve"))
				edited := login[:len(login)-22] + strings.Repeat("A", 22)
				r.cookies = append(r.cookies, stray)
				r.askAll(login, probe, stray, edited)
				if mode == "production" {
					r.runScript()
				}
				server.Kill()
				r.askAll(login, stray)
				if mode == "development" {
					r.runScript()
				}
				app.Stop()
				stranger.Stop()
				r.text.WriteString(app.Log() + stranger.Log())
				r.failStarts(router, server, redisURL)

				for _, want := range []string{"foreign-key", "bad-signature", "connection refused", storedID(t, login).Short()} {
					if !strings.Contains(r.text.String(), want) {
						t.Errorf("nothing says %q", want)
					}
				}
				r.holdsNone(map[string]string{"Redis password": redisPassword, "key": signingKey, "fallback key": fallbackKey,
					"stranger's key": strangersKey, "token": operatorToken})
			})
		}
	})
}
