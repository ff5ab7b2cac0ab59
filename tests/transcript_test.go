//go:build unix

package tests

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// transcript is all that an app says in its life.
type transcript struct {
	t       *testing.T
	app     *trial.App
	text    bytes.Buffer
	cookies []string // those that it gave, and others that are nobody's business
}

// ask makes a request with a cookie, "" for none, as the operator, and records
// the answer: but for its Set-Cookie, which is the caller's own.
func (r *transcript) ask(method, path, cookie string, form ...string) (given string) {
	r.t.Helper()
	return r.askWith(operatorToken, "application/json", method, path, cookie, form...)
}

func (r *transcript) askWith(token, accept, method, path, cookie string, form ...string) (given string) {
	r.t.Helper()
	b := r.app.NewBrowser().With("Authorization", "Bearer "+token).With("Accept", accept)
	if cookie != "" {
		b.With("Cookie", "session="+cookie+"; __Host-session="+cookie) // the one or the other, by the mode
	}
	a, err := b.Try(method, path, form...)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	if given = sessionCookie(a); given != "" {
		r.cookies = append(r.cookies, given)
	}
	a.Header.Del("Set-Cookie")
	fmt.Fprintln(&r.text, method, path, a.Status, a.Header, a.Body)
	return given
}

// sessionCookie is the cookie that an answer sets, also where it is Secure and
// a browser over http would drop it.
func sessionCookie(a trial.Answer) string {
	for _, line := range a.Header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && (c.Name == "session" || c.Name == "__Host-session") {
			return c.Value
		}
	}
	return ""
}

// askAll asks for all that there is, with each cookie and with none.
func (r *transcript) askAll(cookies ...string) {
	r.t.Helper()
	for _, cookie := range append(cookies, "") {
		for _, accept := range []string{"application/json", "text/html"} {
			for _, path := range []string{"", "/", "/session", "/config", "/redis", "/store", "/workers", "/metrics", "/probe", "/nothing"} {
				r.askWith(operatorToken, accept, "GET", "/debug"+path, cookie)
			}
			r.askWith(operatorToken, accept, "GET", "/", cookie)
			r.askWith(operatorToken+"?", accept, "GET", "/debug/session", cookie)
			r.askWith(operatorToken, accept, "POST", "/debug/probe", cookie)
			r.askWith(operatorToken, accept, "POST", "/debug/probe?action=drop", cookie)
			r.askWith(operatorToken, accept, "POST", "/debug/probe?action=end", cookie)
			r.askWith(operatorToken, accept, "DELETE", "/debug/probe", cookie)
			r.askWith(operatorToken, accept, "PUT", "/debug/probe", cookie)
			for _, query := range []string{"", "?user=ada", "?user=eve"} {
				r.askWith(operatorToken, accept, "GET", "/debug/sessions"+query, cookie)
			}
			r.askWith(operatorToken, accept, "POST", "/debug/sessions", cookie, "action", "find", "cookie", cookie)
			r.askWith(operatorToken, accept, "POST", "/debug/sessions", cookie, "action", "end", "session", cookie)
			r.askWith(operatorToken, accept, "POST", "/debug/sessions", cookie, "action", "end-all", "user", "nobody")
		}
		r.ask("GET", "/me", cookie)
		r.ask("GET", "/private", cookie)
		r.ask("POST", "/count", cookie)
	}
}

// runScript records what the script says, where its tools are installed.
func (r *transcript) runScript() {
	r.t.Helper()
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			return
		}
	}
	cmd, output, _ := trialScript{env: []string{"DEBUG_TOKEN=" + operatorToken}, args: []string{"--url", r.app.URL, "--requests", "3"}}.start(r.t)
	cmd.Wait()
	if !strings.Contains(output.String(), "VERDICT: ") {
		r.t.Errorf("the script says:\n%s", output)
	}
	r.text.Write(output.Bytes())
}

// failStarts records what is said by starts that are refused.
func (r *transcript) failStarts(router string, server *redistest.Server, redisURL string) {
	r.t.Helper()
	server.Restart()
	for name, args := range map[string][]string{
		"wrong password":       {"REDIS_URL=" + strings.Replace(redisURL, "hunter2", "hunter3", 1)},
		"not a URL":            {"REDIS_URL=redis://:" + redisPassword + "@" + server.Addr},
		"not a scheme":         {"REDIS_URL=rediss+" + redisURL},
		"nobody there":         {"REDIS_URL=" + strings.Replace(redisURL, server.Addr, "127.0.0.1:1", 1)},
		"not a database":       {"REDIS_URL=" + redisURL + "/" + signingKey},
		"a key that is short":  {"SECRET_KEY=" + signingKey[:12], "--mode", "production"},
		"a key as the mode":    {"MODE=" + signingKey},
		"a key as a fallback":  {"SECRET_KEY=" + signingKey, "SECRET_KEY_FALLBACKS=" + signingKey + ",,", "WORKERS=none"},
		"a token that is none": {"DEBUG_TOKEN=" + operatorToken + "\n", "--debug-endpoints", "--workers", "none"},
	} {
		out, _, err := trial.Run(r.t, router, args...)
		if err == nil {
			r.t.Errorf("%s: it started", name)
		}
		r.text.WriteString(out)
	}
}
