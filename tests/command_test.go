//go:build unix

package tests

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// ok runs the command and wants exit status 0.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	out, stderr, exit := trial.Command(t, args...)
	if exit != 0 {
		t.Fatalf("%q: exit status %d: %s%s", args, exit, out, stderr)
	}
	return out
}

// An operator finds a session, looks at it and ends it, and all of a user's.
func TestSessionsOfAStore(t *testing.T) {
	t.Parallel()
	for name, store := range map[string][]string{"file": {"--session-dir", t.TempDir() + "/sessions"}, "redis": {"--redis-url", redistest.Start(t).URL()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, "chi", append([]string{"--secret-key", doctorKey, "--workers", "2"}, store...)...)
			ada, again, ben := app.NewBrowser(), app.NewBrowser(), app.NewBrowser()
			ada.Login("ada")
			again.Login("ada")
			ben.Login("ben")
			run := func(args ...string) string { return ok(t, append(append([]string{"sessions"}, args...), store...)...) }
			if n := run("count"); n != "3\n" {
				t.Errorf("%s sessions", n)
			}
			var listed struct {
				Version  int
				More     bool
				Sessions []struct{ ID, User string }
			}
			if err := json.Unmarshal([]byte(run("list", "--user", "ben", "-o", "json")), &listed); err != nil || len(listed.Sessions) != 1 || listed.Sessions[0].User != "ben" || listed.Version != 1 {
				t.Fatal(listed, err)
			}
			id := listed.Sessions[0].ID
			text := run("list", "--limit", "2")
			if strings.Contains(text, id) || !strings.Contains(text, "--limit") {
				t.Errorf("ids are not short, or nothing says that there are more:\n%s", text)
			}
			ben.Do(303, "POST", "/logout")
			ben.Login("ben")
			if _, stderr, exit := trial.Command(t, append([]string{"sessions", "show", id[:8]}, store...)...); exit != 2 || !strings.Contains(stderr, "no live session") {
				t.Errorf("an ended session is shown: %d %s", exit, stderr)
			}
			if err := json.Unmarshal([]byte(run("list", "--user", "ben", "-o", "json")), &listed); err != nil {
				t.Fatal(err)
			}
			id = listed.Sessions[0].ID
			if _, err := ben.Count(); err != nil {
				t.Fatal(err)
			}
			if shown := runShow(t, store, id[:8]); !strings.Contains(shown, "user      ben") || strings.Contains(shown, "count 1\n") {
				t.Errorf("shows\n%s", shown)
			}
			if shown := runShow(t, store, "--values", id); !strings.Contains(shown, "count 1\n") {
				t.Errorf("shows\n%s", shown)
			}
			if out := run("end", id[:8]); out != "ended: 1\n" || ben.Me().Name() != "" {
				t.Errorf("%s, and the session goes on for %q", out, ben.Me().Name())
			}
			if _, stderr, exit := trial.Command(t, append([]string{"sessions", "end", "--user", "ada"}, store...)...); exit != 64 || !strings.Contains(stderr, "--yes") || ada.Me().Name() != "ada" {
				t.Errorf("ends more than one without being asked again: %d %s", exit, stderr)
			}
			if out := run("end", "--user", "ada", "--yes"); out != "ended: 2\n" || ada.Me().Name() != "" || again.Me().Name() != "" {
				t.Errorf("%s, and ada is %q and %q", out, ada.Me().Name(), again.Me().Name())
			}
			run("sweep")
		})
	}
}

func runShow(t *testing.T, store []string, args ...string) string {
	t.Helper()
	flags := args[:len(args)-1]
	return ok(t, append(append(append([]string{"sessions", "show"}, flags...), store...), args[len(args)-1])...)
}

// One id in 64 begins with a dash, as flags do.
func TestSessionsWhoseIDBeginsWithADash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	store, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, first := range []byte{62 << 2, 62<<2 | 3, 0} { // "-A", "-w", "AA"
		id := driver.ID{first, 1, 2, 3}
		now := time.Now()
		if err := store.Save(t.Context(), id, &driver.Record{Created: now, Expires: now.Add(time.Hour), Deadline: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{id.Short(), id.String()} {
			if shown := ok(t, "sessions", "show", text, "--session-dir", dir); !strings.Contains(shown, id.String()) {
				t.Errorf("%s shows %s", text, shown)
			}
		}
		ok(t, "sessions", "end", "--session-dir", dir, id.Short())
	}
}

// Of a session that a limit has ended the record is left, and no session.
func TestSessionsThatALimitHasEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	store, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	id, now := driver.ID{1, 2, 3}, time.Now()
	if err := store.Save(t.Context(), id, &driver.Record{Created: now, Expires: now.Add(time.Hour), Deadline: now.Add(time.Hour), Details: &driver.Details{Ended: "session-limit"}}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{id.Short(), id.String()} {
		for _, command := range []string{"show", "end"} {
			if out, stderr, exit := trial.Command(t, "sessions", command, "--session-dir", dir, text); exit == 0 || !strings.Contains(stderr, "no live session") {
				t.Errorf("%s %s: exit %d, %s%s", command, text, exit, out, stderr)
			}
		}
	}
}

// The settings that keygen prints change the key under visitors, at each step.
func TestKeygenChangesAKey(t *testing.T) {
	t.Parallel()
	first := strings.TrimSpace(ok(t, "keygen"))
	if raw, err := base64.StdEncoding.DecodeString(first); err != nil || len(raw) != 32 || first == strings.TrimSpace(ok(t, "keygen")) {
		t.Fatalf("%q: %v", first, err)
	}
	dir := t.TempDir() + "/sessions"
	env := []string{"SECRET_KEY=" + first}
	app := trial.Start(t, "chi", append(env, "--session-dir", dir, "--workers", "1")...)
	visitor := app.NewBrowser()
	visitor.Login("ada")
	app.Stop()
	for _, step := range []string{"1", "2", "3"} {
		env = strings.Fields(ok(t, append(env, "keygen", "--rotate", "--step", step)...))
		app := trial.Start(t, "chi", append(env, "--session-dir", dir, "--workers", "1")...)
		visitor = visitor.Clone(app.URL)
		if who := visitor.Me().Name(); who != "ada" {
			t.Errorf("after step %s: %q, with %q", step, who, env)
		}
		app.Stop()
	}
	if key := strings.TrimPrefix(env[0], "SECRET_KEY="); key == first || env[1] != "SECRET_KEY_FALLBACKS=" {
		t.Errorf("at the end: %q", env)
	}
	if out := ok(t, "SECRET_KEY="+first, "keygen", "--rotate"); !strings.Contains(out, "SECRET_KEY_FALLBACKS="+first) {
		t.Error(out)
	}
	if _, stderr, exit := trial.Command(t, "keygen", "--rotate"); exit != 2 || !strings.Contains(stderr, "no secret key") {
		t.Error(exit, stderr)
	}
}

// check has a line for every rule, in JSON too, and fails when asked to.
func TestCheckTellsEveryRule(t *testing.T) {
	t.Parallel()
	env := []string{"SECRET_KEY=" + doctorKey, "SESSION_DIR=" + t.TempDir() + "/sessions"}
	var r struct {
		Version  int
		Command  string
		Verdict  string
		Warnings []struct{ ID string }
		Steps    []struct{ Group, ID, Result string }
	}
	if err := json.Unmarshal([]byte(ok(t, append(env, "check", "-o", "json")...)), &r); err != nil || r.Command != "check" || r.Verdict != "ok" || r.Version != 1 {
		t.Fatal(r, err)
	}
	seen := map[string]string{}
	for _, s := range r.Steps {
		seen[s.ID] = s.Result
	}
	for id, want := range map[string]string{"secret-key-missing": "ok", "file-temporary": "warning", "store-unreachable": "ok", "cookie-not-secure": "ok", "debug-no-token": "ok"} {
		if seen[id] != want {
			t.Errorf("%s is %q, want %q", id, seen[id], want)
		}
	}
	if seen["redis-evicts"] != "" || seen["middleware-order"] != "" {
		t.Error("tells rules that are about something else")
	}
	if _, _, exit := trial.Command(t, append(env, "check", "--fail-on", "warning")...); exit != 1 {
		t.Errorf("exit status %d", exit)
	}
	out, _, exit := trial.Command(t, "SHOP_SECRET_KEY="+doctorKey, "SHOP_SESSION_LIFETIME=soon", "check", "--env-prefix", "shop")
	if first, _, _ := strings.Cut(out, "\n"); exit != 1 || !strings.Contains(first, "SHOP_SESSION_LIFETIME") {
		t.Error(exit, out)
	}
}

// With an address check compares what runs with what is here, one by one.
func TestCheckComparesWithWhatRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/sessions"
	app := trial.Start(t, "echo", "SECRET_KEY="+doctorKey, "--session-dir", dir, "--workers", "2", "--debug-endpoints", "--session-lifetime", "2h")
	env := []string{"SECRET_KEY=" + doctorKey, "SESSION_DIR=" + dir}
	if out := ok(t, append(env, "check", "--url", app.URL)...); !strings.Contains(out, "--session-lifetime is 24h0m0s here, and 2h0m0s on pid") || strings.Count(out, "[setting-differs]") != 1 {
		t.Error(out)
	}
	out := ok(t, append(env, "check", "--url", app.URL, "--session-lifetime", "2h")...)
	if strings.Contains(out, "setting-differs") || !strings.Contains(out, "the workers that run have the same") {
		t.Error(out)
	}
	if out, _, exit := trial.Command(t, append(env, "check", "--url", closedPort(t))...); exit != 2 || !strings.Contains(out, "[unreachable]") {
		t.Error(exit, out)
	}
}
