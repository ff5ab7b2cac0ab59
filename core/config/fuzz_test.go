package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// fuzzSecret is what no error and no setting may show.
const fuzzSecret = "zQ3-hunter2-Xv9"

// FuzzParse: whatever the command line, the environment and the file hold,
// Parse says what is wrong or returns a configuration that is valid, and says
// again what it was given; and it tells nobody the secrets among it.
func FuzzParse(f *testing.F) {
	settings := config.Config{}.Settings()
	variables := make([]string, len(settings))
	for i, s := range settings {
		variables[i] = "FUZZ_" + strings.Split(s.Env, ", ")[0]
		f.Add("--"+s.Flag+"\n"+s.Value, uint8(i), s.Value, s.Flag+" "+s.Value+"\n", false)
		f.Add("--"+s.Flag+"=x\n--\n"+s.Flag, uint8(i), " x ", `"`+s.Flag+`":"`+s.Value+`"}`, true)
	}
	for _, args := range []string{"-h", "---secret-key=x", "-", "--", "--=x", "--workers", "--debug-endpoints\nfalse", "--session-lifetime=9999999h\n--session-idle-timeout=-1ns",
		"--workers=9223372036854775808", "--session-cookie-name=__Host-s\n--session-cookie-domain=a.b", "--redis-url=redis://:p@h/?password=x", "--secret-key-fallbacks=,,a,\xff"} {
		f.Add(args, uint8(0), "", "", false)
	}
	for _, file := range []string{"secret-key=x", "secret-key", "secret-key #x", "config /etc/passwd", "\xef\xbb\xbfworkers 2", "workers 2\r\nworkers 3"} {
		f.Add("", uint8(0), "", file, false)
	}
	for _, file := range []string{"", `"workers":[1,2]}`, `"workers":{}}`, `"workers":1e400}`, `"workers":null,"mode":true}`, strings.Repeat("[", 1<<12)} {
		f.Add("", uint8(0), "", file, true)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, args string, variable uint8, value, file string, isJSON bool) {
		if strings.Contains(args+value+file, fuzzSecret) || strings.Contains(value, "\x00") {
			t.Skip("the secret in a place for something else")
		}
		t.Setenv(variables[int(variable)%len(variables)], value)
		given := []string{"--debug-token=" + fuzzSecret}
		if file != "" {
			name, content := "kit.conf", "secret-key-fallbacks "+fuzzSecret+"\n"+file
			if isJSON {
				name, content = "kit.json", `{"secret-key-fallbacks":"`+fuzzSecret+`",`+file
			}
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			given = append(given, "--config", path)
		}
		given = append(given, "--redis-url", "redis://:"+fuzzSecret+"@localhost")
		given = append(given, strings.Split(args, "\n")...)
		cfg, err := config.Parse(newFlags(), given, config.WithEnvPrefix("FUZZ"))
		if err != nil {
			if strings.Contains(err.Error(), fuzzSecret) {
				t.Fatalf("the error tells the secret: %v", err)
			}
			return
		}
		if err := cfg.Validate(); err != nil {
			t.Fatalf("accepted, and not valid: %v", err)
		}
		againTheSame(t, cfg)
	})
}

// againTheSame parses what the settings say they are.
func againTheSame(t *testing.T, cfg config.Config) {
	var args []string
	for _, s := range cfg.Settings() {
		if strings.Contains(s.Value, fuzzSecret) {
			t.Fatalf("%s tells the secret: %s", s.Flag, s.Value)
		}
		if s.Flag != "config" {
			args = append(args, "--"+s.Flag+"="+s.Value)
		}
	}
	again, err := parse(args...)
	if err != nil && cfg.Mode != config.Production { // where "[set]" is too short for a key
		t.Fatalf("%q: %v", args, err)
	}
	if err != nil {
		return
	}
	for i, s := range cfg.Settings() {
		if got := again.Settings()[i]; got.Value != s.Value && s.Flag != "config" && s.Flag != "redis-url" {
			t.Fatalf("%s: %q became %q", s.Flag, s.Value, got.Value)
		}
	}
}

// FuzzRedactURL: the password of a URL is never shown, whatever is around it.
func FuzzRedactURL(f *testing.F) {
	for _, rest := range []string{"h:6379/0", "", "h", "h,i:1/m", "[::1]:1", "h/?password=x", "h/?a=b#c", "%zz", "h@i", " ", "\x00"} {
		f.Add("redis", "", rest)
		f.Add("redis+sentinel", "user", rest)
		f.Add("unix", "a/b", rest)
	}
	f.Fuzz(func(t *testing.T, scheme, user, rest string) {
		if strings.Contains(scheme+user+rest, fuzzSecret) {
			t.Skip("the secret in a place for something else")
		}
		for _, raw := range []string{
			scheme + "://" + user + ":" + fuzzSecret + "@" + rest,
			scheme + "://h?password=" + fuzzSecret + rest,
		} {
			if shown := config.RedactURL(raw); strings.Contains(shown, fuzzSecret) {
				t.Fatalf("%q is shown as %q", raw, shown)
			}
		}
	})
}
