package preflight

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// unopened is a store that cannot be opened, told in terms of settings.
func unopened(cfg config.Config, err error) (report.Problem, bool) {
	var server *redis.OpenError
	var folder *file.FolderError
	switch {
	case err == nil:
		return report.Problem{}, false
	case errors.As(err, &server):
		p := report.Problem{ID: "store-unreachable", Message: fmt.Sprintf("Redis at %s cannot be used: %s", server.Address, strings.TrimSuffix(server.Cause, ".")),
			Fix: cmp.Or(server.Fix, "start Redis") + ", or correct " + cfg.Title("redis-url")}
		if code, _, _ := strings.Cut(server.Cause, " "); code == strings.ToUpper(code) && len(code) > 3 { // an answer of its own, such as WRONGPASS
			p.ID, p.Fix = "store-refuses", cmp.Or(server.Fix, "see what it says")+": correct "+cfg.Title("redis-url")
		}
		p.Docs = "docs/checks.md#" + p.ID
		return p, true
	case errors.As(err, &folder):
		return report.Problem{ID: "store-unreachable", Message: fmt.Sprintf("the folder of the session files, %s, cannot be used: it %s", folder.Dir, folder.Problem),
			Fix: folder.Fix, Docs: "docs/checks.md#store-unreachable"}, true
	}
	return report.Problem{ID: "store-unreachable", Message: "the session store cannot be opened: " + err.Error(), Docs: "docs/checks.md#store-unreachable",
		Fix: fmt.Sprintf("correct %s, %s or %s", cfg.Title("session-store"), cfg.Title("redis-url"), cfg.Title("session-dir"))}, true
}

// named are the settings that a message names, as package config calls them.
var named = regexp.MustCompile(`--([a-z-]+) \(environment ([A-Z0-9_]+)[^)]*\)`)

// correction is how to mend a setting that cannot be used. Most messages say
// that behind a colon.
func correction(message string) string {
	if i := strings.Index(message, ": set it to"); i >= 0 {
		return message[i+2:]
	}
	settings := named.FindAllStringSubmatch(message, -1)
	if len(settings) == 0 {
		return "correct it where it is set: a flag, the environment, or the file that --config names; the app does not start with it"
	}
	fix := fmt.Sprintf("correct --%s (%s)", settings[0][1], settings[0][2])
	if len(settings) > 1 {
		fix += fmt.Sprintf(", or --%s (%s)", settings[1][1], settings[1][2])
	}
	return fix + ": the app does not start with it"
}
