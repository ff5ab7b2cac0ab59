package check

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/config"
)

// minTokenBytes is the shortest debug token that is not easily guessed.
const minTokenBytes = 16

func debugRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "debug-production",
			Severity: Warning,
			Title:    "debug endpoints in production",
			Description: "The debug endpoints are on in production. They want the token there, and show no secrets and no session values; still they tell more than anybody needs to know who is not looking for a fault. " +
				"Turn them on for as long as you look at something.",
			HowToSee: "`curl -i http://127.0.0.1:PORT/debug/config` answers something else than 404.",
		},
		find: debugProduction,
	}, {
		Rule: Rule{
			ID:       "debug-no-token",
			Severity: Info,
			Title:    "debug endpoints without a token of their own",
			Description: "The debug endpoints are on and no token is set. In development they answer programs on this machine, as long as nothing shows a proxy; everybody else needs a token that each worker derives from the secret key and logs when it starts. " +
				"Without a secret key each worker has another one. In production the start is refused.",
			HowToSee: "`/debug/config` shows `debug-token` as empty; from another machine it answers 403; the log has a line `debug: endpoints are on`.",
		},
		find: debugNoToken,
	}, {
		Rule: Rule{
			ID:          "debug-token-short",
			Severity:    Warning,
			Title:       "a debug token that can be guessed",
			Description: "The token that opens the debug endpoints to other machines is shorter than 16 bytes, or is a placeholder. In production the start is refused.",
			HowToSee:    "`printf %s \"$DEBUG_TOKEN\" | wc -c` counts the bytes.",
		},
		find: debugTokenShort,
	}}
}

func debugProduction(f Facts) (message, fix string, found bool) {
	return "the debug endpoints are on in production", "set " + setting(f, "debug-endpoints") + " to false when you are done",
		f.Config.DebugEndpoints && f.Config.Mode == config.Production
}

func debugNoToken(f Facts) (message, fix string, found bool) {
	return "the debug endpoints are on without a token of their own: they answer this machine alone, and who has the token that is in this worker's log", newTokenFix(f),
		f.Config.DebugEndpoints && f.Config.DebugToken.IsZero()
}

func debugTokenShort(f Facts) (message, fix string, found bool) {
	token := f.Config.DebugToken.Reveal()
	problem := "is a placeholder"
	if len(token) < minTokenBytes {
		problem = fmt.Sprintf("has %s, and %d are the least that cannot be tried out", plural(len(token), "byte", "bytes"), minTokenBytes)
	}
	return "the token of the debug endpoints " + problem, newTokenFix(f),
		f.Config.DebugEndpoints && token != "" && (len(token) < minTokenBytes || isPlaceholder(token))
}

func newTokenFix(f Facts) string {
	return fmt.Sprintf("set %s to the output of: %s", setting(f, "debug-token"), newSecret)
}
