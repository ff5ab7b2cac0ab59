package check

import (
	"fmt"
	"strings"
)

func environmentRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "variable-unknown",
			Severity: Warning,
			Title:    "an environment variable that is nearly a setting's",
			Description: "The environment has a variable that is spelt nearly like one of the kit's, such as `SESSION_LIFETME`, and the setting that was meant, as it seems, is given nowhere: it has its default. " +
				"Where the variable is another program's, silence this.",
			HowToSee: "`/debug/config` shows the setting with the source `default`.",
		},
		find: variableUnknown,
	}, {
		Rule: Rule{
			ID:       "secret-quoted",
			Severity: Warning,
			Title:    "a secret with a quote at its end",
			Description: "A key or the debug token begins or ends with a quote. `docker --env-file` takes a line as it is, quotes included, where a shell, Compose and systemd take them away: " +
				"a worker that is started the other way has another key, and rejects this one's cookies.",
			HowToSee: "`docker exec CONTAINER printenv SECRET_KEY` shows the quotes; no report does.",
		},
		find: secretQuoted,
	}}
}

func variableUnknown(f Facts) (message, fix string, found bool) {
	var wrong, fixes []string
	for _, m := range f.Config.Misspellings() {
		wrong = append(wrong, m.String())
		fixes = append(fixes, "rename "+m.Variable+" to "+m.Meant)
	}
	return strings.Join(wrong, "; "), strings.Join(fixes, "; "), len(wrong) > 0
}

func secretQuoted(f Facts) (message, fix string, found bool) {
	secrets := keys(f.Config)
	if token := f.Config.DebugToken; !token.IsZero() {
		secrets = append(secrets, key{name: "the debug token", value: token.Reveal()})
	}
	var list []string
	for _, s := range secrets {
		if quoteAtEnd(s.value) {
			list = append(list, s.name)
		}
	}
	return strings.Join(list, ", ") + " begins or ends with a quote, which counts as a part of it",
		fmt.Sprintf("write it without quotes where it is set; to keep the sessions that a key in quotes has signed, put that one into %s for one session lifetime (%v), where quotes have to stay",
			setting(f, "secret-key-fallbacks"), f.Config.Lifetime),
		len(list) > 0
}

func quoteAtEnd(secret string) bool {
	return strings.Trim(secret, `"'`) != secret
}
