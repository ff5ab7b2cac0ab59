package tests

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Two apps of one user on one machine, with nothing configured, have a folder
// each. On localhost browsers send the cookie of the one to the other, whatever
// the port, and what that one says of it is not to share the key.
func TestTwoAppsOfOneUser(t *testing.T) {
	t.Parallel()
	home := "HOME=" + t.TempDir()
	shop := trial.Start(t, "chi", home, "--workers", "1")
	blog := trial.Start(t, "echo", home, "--workers", "1")
	b := shop.NewBrowser()
	b.Login("ada")
	if name := b.Clone(blog.URL).Me().Name(); name != "" {
		t.Errorf("%s is logged in on the other app", name)
	}
	if name := b.Me().Name(); name != "ada" {
		t.Errorf("the first app has lost its visitor: %q", name)
	}
	for _, app := range []*trial.App{shop, blog} {
		if strings.Contains(app.Log(), "secret-key-differs") {
			t.Errorf("the apps share a folder:\n%s", app.Log())
		}
	}
	blog.Stop()
	if log := blog.Log(); !strings.Contains(log, "if another app on this host set them, give this one a --session-cookie-name (SESSION_COOKIE_NAME) of its own") {
		t.Errorf("the second app does not know the case:\n%s", log)
	}
}

// Told to use one store they say so, and how to part.
func TestTwoAppsOnOneStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	shop := trial.Start(t, "chi", "--workers", "1", "--session-dir", dir)
	blog := trial.Start(t, "echo", "--workers", "1", "--session-dir", dir)
	log := ""
	for until := time.Now().Add(time.Minute); time.Now().Before(until) && !strings.Contains(log, "secret-key-differs"); time.Sleep(20 * time.Millisecond) {
		log = shop.Log() + blog.Log() // of the second at its start, or of either at the next look
	}
	for _, want := range []string{"secret-key-differs", "of the app github.com/gosessionkit/sessionkit/examples/", "a --session-dir (SESSION_DIR) of its own"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}
