package config_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

var update = flag.Bool("update", false, "write docs/settings.md anew")

const docsHead = `# Settings

Every setting of the kit. Each comes from its flag, or else its environment
variable, or else the file that ` + "`--config`" + ` names, or else its default. An app
may keep the flags away and put a prefix before the variables
([configuration.md](configuration.md)); in a file a setting has the name of its flag:

` + "```text" + `
# shop.conf, for --config shop.conf
session-lifetime 8h
redis-url-file /run/secrets/redis
` + "```" + `

A secret may be in a file of its own, which the flag and the variable with
` + "`file`" + ` at the end name ([deployment.md](deployment.md#secrets)). What is wrong is told at the
start, in a line for each setting, and a variable that is spelt nearly like one is
found. ` + "`/debug/config`" + ` shows what a worker has, and where each value came from.

This page is made from the flags and from what they refuse:
` + "`go test ./core/config -run Docs -update`" + `
`

// chapters are what the settings are about, by the first of each.
var chapters = map[string]string{
	"mode":                "What the process is, and its key",
	"redis-url":           "Where sessions are kept",
	"session-lifetime":    "How long they last, and what bounds them",
	"session-cookie-name": "The cookie, and other places of the token",
	"session-trust-proxy": "Proxy, workers and reports",
}

// stranger keeps the variables of this machine away.
const stranger = "NOBODY_SETS"

// complaint finds what the kit, or package flag for it, says of a setting, without
// the value.
var complaint = regexp.MustCompile(`^(?:--([a-z-]+) \(environment [A-Z_, ]+\)(?: is ".*?":)?|invalid (?:boolean )?value ".*?" for (?:flag )?-([a-z-]+):) (.*)`)

// environment is how messages name the variables of a setting, which has a line of
// its own here.
var environment = regexp.MustCompile(` \(environment [A-Z_, ]+\)`)

// refused is what the kit says of a setting with these flags, as sentences without
// a subject.
func refused(name string, args ...string) (rules []string) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	_, err := config.Parse(set, args, config.WithEnvPrefix(stranger))
	if err == nil {
		return nil
	}
	for line := range strings.Lines(err.Error()) {
		match := complaint.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil || match[1]+match[2] != name {
			continue
		}
		rule, _, _ := strings.Cut(match[3], `: "`) // and which word of a list it was
		rules = append(rules, environment.ReplaceAllString(rule, ""))
	}
	return rules
}

// bounds are what a value of the setting has to be, as the kit says when it is not.
func bounds(name string) (rules []string) {
	for _, mode := range []string{"development", "production"} {
		for _, value := range []string{"no such value", "-1", "-1s", "", "1", "1000h", "x"} {
			args := []string{"--mode", mode, "--secret-key", longKey, "--" + name + "=" + value}
			if name == "debug-token" {
				args = append(args, "--debug-endpoints")
			}
			for _, rule := range refused(name, args...) {
				if !slices.Contains(rules, rule) && !strings.Contains(rule, "required in") {
					rules = append(rules, rule)
				}
			}
		}
	}
	return rules
}

// required says in which mode a setting must be given.
func required(name string) string {
	for _, mode := range []string{"development", "production"} {
		for _, with := range []string{"", "--debug-endpoints"} {
			args := slices.DeleteFunc([]string{"--mode=" + mode, with}, func(s string) bool { return s == "" })
			for _, rule := range refused(name, args...) {
				if strings.Contains(rule, "required") {
					return strings.TrimSpace("Required in " + mode + strings.Replace(with, "--", " with --", 1))
				}
			}
		}
	}
	return ""
}

func renderDocs(t *testing.T) []byte {
	t.Helper()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	if _, err := config.Parse(flags, nil, config.WithEnvPrefix(stranger), config.WithDefault("mode", "development")); err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	page.WriteString(docsHead)
	for _, s := range (config.Config{}).Settings() {
		if chapter, begins := chapters[s.Flag]; begins {
			fmt.Fprintf(&page, "\n## %s\n", chapter)
		}
		f := flags.Lookup(s.Flag)
		_, about := flag.UnquoteUsage(f)
		about = environment.ReplaceAllString(about, "")
		fmt.Fprintf(&page, "\n### %s\n\n`--%s`, `%s`", s.Flag, s.Flag, strings.ReplaceAll(s.Env, ", ", "`, `"))
		if f.DefValue != "" {
			fmt.Fprintf(&page, ", default `%s`", f.DefValue)
		}
		fmt.Fprintf(&page, "\n\n%s.\n", strings.ToUpper(about[:1])+about[1:])
		if flags.Lookup(s.Flag+"-file") != nil {
			page.WriteString("A secret: `[set]` is all that is shown of it.\n")
		}
		if when := required(s.Flag); when != "" {
			fmt.Fprintf(&page, "%s.\n", when)
		}
		for _, rule := range bounds(s.Flag) {
			if strings.HasPrefix(rule, "must ") {
				rule = "It " + rule
			} else {
				rule = "Refused when it " + rule
			}
			fmt.Fprintf(&page, "%s.\n", rule)
		}
	}
	if n := bytes.Count(page.Bytes(), []byte("\n## ")); n != len(chapters) {
		t.Errorf("%d chapters, want %d: a setting that begins one is gone", n, len(chapters))
	}
	return page.Bytes()
}

// The page in docs says what the flags say.
func TestDocs(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "settings.md")
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is here alone, without the project's docs")
	}
	want := renderDocs(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		t.Errorf("docs/settings.md is not what the flags say (%v); run: go test ./core/config -run Docs -update", err)
	}
}
