//go:build unix

package tests

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// At night an account is to be logged out everywhere, now: an operator finds the
// sessions and ends one, then all, on every worker, by program and by browser.
func TestOperatorEndsSessions(t *testing.T) {
	routers(t, func(t *testing.T, router string) {
		stores := map[string][]string{"redis": {"--redis-url", redistest.Start(t).URL()}}
		if !testing.Short() {
			stores["file"] = []string{"--session-dir", t.TempDir() + "/sessions"}
		}
		for name, store := range stores {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				app := trial.Start(t, router, append([]string{"--secret-key", secret, "--debug-token", debugToken, "--workers", "2", "--debug-endpoints"}, store...)...)
				phone, laptop, ben := app.NewBrowser(), app.NewBrowser(), app.NewBrowser()
				phone.Login("ada")
				laptop.Login("ada")
				ben.Login("ben")
				app.NewBrowser().Do(http.StatusForbidden, "GET", "/debug/sessions?user=ada")
				app.NewBrowser().Do(http.StatusForbidden, "POST", "/debug/sessions", "action", "end-all", "user", "ada")

				program := app.NewBrowser().With(debug.TokenHeader, debugToken)
				found := report[debug.SessionsReport](t, program, "/debug/sessions?user=ada")
				if len(found.Sessions) != 2 {
					t.Fatalf("%+v", found)
				}
				short := storedID(t, phone.Cookie()).Short()
				one := report[debug.SessionsReport](t, program, "/debug/sessions/?user=ada&session="+short)
				if len(one.Sessions) != 1 || one.Sessions[0].ID != short || one.Store.Kind != name {
					t.Fatalf("%+v", one)
				}
				var pasted debug.SessionsReport
				decodeBody(t, []byte(program.Do(http.StatusOK, "POST", "/debug/sessions", "action", "find", "cookie", "session="+laptop.Cookie()).Body), &pasted)
				if pasted.Cookie.Status != "loaded" || pasted.Sessions[0].User != "ada" || pasted.Sessions[0].ID == short {
					t.Errorf("%+v", pasted)
				}
				var ended debug.SessionsEnded
				decodeBody(t, []byte(program.Do(http.StatusOK, "POST", "/debug/sessions", "action", "end", "ref", one.Sessions[0].Ref).Body), &ended)
				if ended.Session != short || !ended.Everywhere {
					t.Errorf("%+v", ended)
				}
				whoIs(t, phone, "")
				whoIs(t, laptop, "ada")

				operator := app.NewBrowser().With("Accept", "text/html")
				operator.Do(http.StatusSeeOther, "GET", "/debug/sessions?token="+strings.ReplaceAll(debugToken, " ", "+"))
				page := operator.Do(http.StatusOK, "GET", "/debug/sessions?user=ada").Body
				csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)
				if csrf == nil {
					t.Fatal(page)
				}
				operator.Do(http.StatusForbidden, "POST", "/debug/sessions", "action", "end-all", "user", "ada")
				page = operator.Do(http.StatusOK, "POST", "/debug/sessions", "action", "end-all", "user", "ada", "csrf", csrf[1]).Body
				if !strings.Contains(page, "on every worker") {
					t.Error(page)
				}
				whoIs(t, laptop, "")
				whoIs(t, ben, "ben")
				program.Do(http.StatusNotFound, "GET", "/debug/sessions?user=ada")
				if log := app.Log(); strings.Count(log, `event="ended by operator"`) != 2 || !strings.Contains(log, "user=ada session="+short) {
					t.Errorf("the log says\n%s", log)
				}
			})
		}
	})
}

// whoIs asks several times: another worker may answer.
func whoIs(t *testing.T, b *trial.Browser, user string) {
	t.Helper()
	for range 6 {
		if who := b.Me().Name(); who != user {
			t.Errorf("%q is logged in, want %q", who, user)
		}
	}
}
