package debug_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/debug"
)

func TestDashboard(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{Workers: 3, Lifetime: 12e9 * 3600}, memstore.New(0))
	cookie := a.visit("/set?html=%22%3Cscript%3Ealert(1)%3C%2Fscript%3E%22", a.visit("/login", ""))
	w := a.do("GET", "/debug/", withCookie(cookie), asBrowser())
	page := w.Body.String()
	finding := get[debug.ConfigReport](a, 200, "/debug/config").Findings[0]
	for _, want := range []string{
		"<b>ada</b>", "this one", `href="/debug/checks#` + finding.ID + `"`, "session-lifetime", "12h0m0s", `action="/debug/probe"`, `href="/debug/workers"`,
		"prefers-color-scheme: dark", "width=device-width", "[set]",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	if regexp.MustCompile(`(src|href)="(https?:)?//`).MatchString(page) {
		t.Errorf("something from elsewhere: %s", page)
	}
	if i, j := strings.Index(page, `id="verdict"`), strings.Index(page, `id="workers"`); i < 0 || j < i {
		t.Error("what is wrong does not come first")
	}
}

// The policy allows the page's own style and script and no other, and the page has
// none besides.
func TestPolicy(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	w := a.do("GET", "/debug/", asBrowser())
	page, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
	for _, element := range []string{"style", "script"} {
		found := regexp.MustCompile(`(?s)<`+element+`>(.*?)</`+element+`>`).FindAllStringSubmatch(page, -1)
		if len(found) != 1 || strings.Count(page, "<"+element) != 1 {
			t.Fatalf("%d of %s", len(found), element)
		}
		sum := sha256.Sum256([]byte(found[0][1]))
		if want := element + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(policy, want) {
			t.Errorf("%s lacks %s", policy, want)
		}
		page = strings.Replace(page, found[0][0], "", 1)
	}
	if found := regexp.MustCompile(`\s(on[a-z]+|style)=`).FindAllString(page, -1); found != nil || strings.Contains(policy, "unsafe") {
		t.Errorf("handlers or styles of single elements, which %s does not allow: %q", policy, found)
	}
}

func TestProbePage(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{}, memstore.New(0))
	for action, want := range map[string]string{"": "The count is <strong>1</strong>", "clear": "The count is forgotten"} {
		w := a.do("POST", "/debug/probe?action="+action, asBrowser())
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	}
	_, cookie := a.probe("")
	if w := a.do("POST", "/debug/probe?action=end", withCookie(cookie), asBrowser()); !strings.Contains(w.Body.String(), "The session has ended") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestConfigReport(t *testing.T) {
	t.Parallel()
	a := newApp(t, config.Config{DebugToken: config.NewSecret(testToken), Silence: []string{"secret-key-weak"}}, memstore.New(0))
	report := get[debug.ConfigReport](a, 200, "/debug/config")
	settings := map[string]config.Setting{}
	for _, s := range report.Settings {
		settings[s.Flag] = s
	}
	if s := settings["secret-key"]; s.Value != "[set]" || s.Source != "code" {
		t.Errorf("%+v", s)
	}
	if s := settings["session-lifetime"]; s.Value != "24h0m0s" || s.Source != "default" {
		t.Errorf("%+v", s)
	}
	if report.Findings == nil || len(report.Rejections) != len(a.sessions.Diagnostics().Rejections()) || report.Worker.PID == 0 {
		t.Errorf("%+v", report)
	}
	page := a.do("GET", "/debug/config", asBrowser()).Body.String()
	if !strings.Contains(page, "Requests without a session") {
		t.Error(page)
	}
}
