package check

import (
	"fmt"
	"slices"
	"strings"
)

func silenceRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "silence-unknown",
			Severity: Warning,
			Title:    "a silenced id that no check has",
			Description: "The list of silenced checks names an id that does not exist, by a slip of the pen or because a later version has no such check any more. " +
				"What was meant to be silenced is not.",
			HowToSee: "Compare `--session-silence` (`SESSION_SILENCE`) with the ids on this page.",
		},
		find: unknownSilence,
	}}
}

func unknownSilence(f Facts) (message, fix string, found bool) {
	var unknown []string
	for _, id := range f.Config.Silence {
		if !slices.ContainsFunc(table(), func(r rule) bool { return r.ID == id }) {
			unknown = append(unknown, fmt.Sprintf("%q", id))
		}
	}
	return fmt.Sprintf("%s silences %s, which is no check", setting(f, "session-silence"), strings.Join(unknown, ", ")),
		"take it out of the list, or correct it: the ids are in docs/checks.md",
		len(unknown) > 0
}
