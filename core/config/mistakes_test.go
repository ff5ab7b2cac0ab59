package config_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Not parallel: the environment belongs to all tests.
func TestMisspellings(t *testing.T) {
	for variable, meant := range map[string]string{
		"SESSION_LIFETME":          "SESSION_LIFETIME",
		"SESSION_LIFETIEM":         "SESSION_LIFETIME",
		"SESION_IDLE_TIMEOUT":      "SESSION_IDLE_TIMEOUT",
		"SESSION_IDLETIMEOUT":      "SESSION_IDLE_TIMEOUT",
		"SECRET_KEYS":              "SECRET_KEY",
		"SECRETKEY":                "SECRET_KEY",
		"SECRET_KEY_FIL":           "SECRET_KEY_FILE",
		"SECRET_KEY_FALLBACK":      "SECRET_KEY_FALLBACKS",
		"SESSION_SECRET_KEY":       "SECRET_KEY",
		"SESSION_WORKERS":          "WORKERS",
		"session_lifetme":          "SESSION_LIFETIME",
		"COOKIE_SAMESITE":          "SESSION_COOKIE_SAMESITE",
		"DEBUG_ENDPOINT":           "DEBUG_ENDPOINTS",
		"SESSION_COOKIES_SAMESITE": "SESSION_COOKIE_SAMESITE",
		"SESSION_SECRET":           "SECRET_KEY",
		"SESSION_TTL":              "SESSION_LIFETIME",
		"Session_Max_Age":          "SESSION_LIFETIME",
		// of others
		"NODE": "", "SESSION_MANAGER": "", "SESSION_ID": "", "REDIS_PORT": "", "SECRET_KEY_BASE": "", "WORKER": "", "SECRET_KEY_FILE": "",
		"DEBUG": "", "TIMEOUT": "", "KEY": "", "DOMAIN": "", "CONFIG": "", "WEB_CONCURRENCY": "",
	} {
		t.Run(variable, func(t *testing.T) {
			prefixed := "TYPO_" + variable
			if meant == "" && strings.HasSuffix(variable, "_FILE") {
				t.Setenv(prefixed, writeFile(t, "key", longKey))
			} else {
				t.Setenv(prefixed, "s3cr3t")
			}
			of := func(args ...string) []config.Misspelling {
				cfg, err := config.Parse(newFlags(), args, config.WithEnvPrefix("TYPO"))
				if err != nil {
					t.Fatal(err)
				}
				return cfg.Misspellings()
			}
			got := of()
			switch {
			case meant == "" && len(got) > 0:
				t.Errorf("taken for %v", got)
			case meant != "" && (len(got) != 1 || got[0] != config.Misspelling{Variable: prefixed, Meant: "TYPO_" + meant}):
				t.Errorf("got %v, want %s", got, meant)
			}
			if meant == "" || strings.HasSuffix(meant, "_FILE") {
				return
			}
			t.Setenv("TYPO_"+meant, map[string]string{"WORKERS": "1", "DEBUG_ENDPOINTS": "false", "SESSION_COOKIE_SAMESITE": "lax"}[meant])
			if os.Getenv("TYPO_"+meant) == "" {
				t.Setenv("TYPO_"+meant, map[bool]string{true: longKey, false: "1h"}[strings.Contains(meant, "KEY")])
			}
			if got := of(); len(got) > 0 {
				t.Errorf("with the setting given: %v", got)
			}
		})
	}
}

// A start that is refused names the variable that was meant to prevent it.
func TestMisspeltKeyInProduction(t *testing.T) {
	t.Setenv("TYPO_SECRET_KEYS", longKey)
	_, err := config.Parse(newFlags(), []string{"--mode=production"}, config.WithEnvPrefix("TYPO"))
	wantError(t, err, "--secret-key", "required in production", "TYPO_SECRET_KEYS", "it is called TYPO_SECRET_KEY")
	if strings.Contains(err.Error(), longKey) {
		t.Error("the key is told")
	}
}

// Quotes that docker --env-file keeps are no part of a value, other than of a
// key, which package check looks at.
func TestQuotedVariables(t *testing.T) {
	for variable, value := range map[string]string{
		"SESSION_LIFETIME": `"24h"`, "SESSION_DIR": `'/srv/s'`, "SESSION_PREFIX": `"shop:"`, "REDIS_URL": `"redis://:hunter2@h"`, "SESSION_COOKIE_NAME": `"shop"`, "MODE": `"production"`,
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv("QUOTED_"+variable, value)
			_, err := config.Parse(newFlags(), nil, config.WithEnvPrefix("QUOTED"))
			wantError(t, err, "QUOTED_"+variable, "must not be in quotes", "docker --env-file")
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the password is told")
			}
		})
	}
	for _, value := range []string{`"` + longKey + `"`, `a"b`, `"`} {
		t.Setenv("QUOTED_SECRET_KEY", value)
		if cfg, err := config.Parse(newFlags(), nil, config.WithEnvPrefix("QUOTED")); err != nil || cfg.SecretKey.Reveal() != value {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// The error says in which line of the file it is.
func TestLineOfTheFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content, want string }{
		{"a.conf", "# mine\n\nworkers 3\nsesion-dir /d\n", `line 4: "sesion-dir" is no setting`},
		{"a.conf", "workers 3\r\nsession-lifetime soon\r\n", "line 2: --session-lifetime"},
		{"a.conf", "workers=3\n", "line 1: write workers, a space and the value"},
		{"a.conf", "workers 3\n\nsession-dir\n", "line 3: session-dir has no value"},
		{"a.conf", "workers many", "line 1: --workers"},
		{"a.json", "{\n  \"workers\": 3,\n  \"sesion-dir\": \"/d\"\n}", `line 3: "sesion-dir" is no setting`},
		{"a.json", "{\n  \"workers\": \"many\"\n}", "line 2: --workers"},
		{"a.json", "{\n  \"workers\": 3,\n}", "line 3: "},
		{"a.json", "{\n  \"session\": {\n\"dir\": 1 }\n}", `"session.dir"`},
	} {
		path := writeFile(t, test.name, test.content)
		_, err := parse("--config", path)
		wantError(t, err, path, test.want)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("more than a line: %v", err)
		}
	}
}

// What is wrong with a flag is one line, and who asks for help gets it all.
func TestWrongFlagIsOneLine(t *testing.T) {
	t.Parallel()
	for args, lines := range map[string]int{"--sekret": 1, "--workers many": 1, "-h": 50} {
		fs := flag.NewFlagSet("app", flag.ContinueOnError)
		var out bytes.Buffer
		fs.SetOutput(&out)
		_, err := config.Parse(fs, strings.Fields(args), config.WithEnvPrefix("NOBODY_SETS"))
		n := strings.Count(out.String(), "\n")
		if err == nil || lines == 1 && n != 1 || n < lines || errors.Is(err, flag.ErrHelp) != (args == "-h") {
			t.Errorf("%s: %d lines, %v:\n%.300s", args, n, err, &out)
		}
	}
	fs := flag.NewFlagSet("app", flag.ContinueOnError)
	asked := 0
	fs.Usage = func() { asked++ }
	fs.SetOutput(&bytes.Buffer{})
	config.Parse(fs, []string{"--sekret"})
	if fs.Parse([]string{"-h"}); asked != 1 {
		t.Errorf("the app's own usage was printed %d times, want once, when it was asked for", asked)
	}
	defer func() {
		if recover() == nil {
			t.Error("a flag set that panics did not")
		}
	}()
	panics := flag.NewFlagSet("app", flag.PanicOnError)
	panics.SetOutput(&bytes.Buffer{})
	config.Parse(panics, []string{"--sekret"})
}

// A command line that exits, as flag.CommandLine does, exits as before.
func TestExitStatus(t *testing.T) {
	const variable = "CONFIG_TEST_EXIT"
	if arg := os.Getenv(variable); arg != "" {
		config.Parse(flag.NewFlagSet("app", flag.ExitOnError), []string{arg})
		os.Exit(9)
	}
	t.Parallel()
	for arg, want := range map[string]int{"--sekret": 2, "-h": 0} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestExitStatus$")
		cmd.Env = append(os.Environ(), variable+"="+arg)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want || arg != "-h" && strings.Count(string(out), "\n") != 1 {
			t.Errorf("%s: status %d, want %d:\n%s", arg, got, want, out)
		}
	}
}
