package debug

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/check"
)

// Verdict is the state of the whole deployment in a sentence.
type Verdict struct {
	State    string `json:"state"`         // "well" or the severity of the gravest finding
	Sentence string `json:"sentence"`      // "3 workers share one Redis and one key; nothing is wrong."
	Fix      string `json:"fix,omitempty"` // of the gravest finding
	ID       string `json:"id,omitempty"`  // its check's
	More     int    `json:"more"`          // how many other errors and warnings there are
}

// consequences are what visitors notice of a finding, by its check's id.
var consequences = map[string]string{
	"secret-key-differs":   "logins flicker",
	"secret-key-fallbacks": "logins flicker",
	"secret-key-missing":   "every restart logs everybody out",
	"secret-key-default":   "anybody can log in as anybody",
	"secret-key-weak":      "a guess at the key opens every session",
	"store-private":        "logins flicker",
	"store-memory":         "every restart logs everybody out",
	"store-fallback":       "logins flicker",
	"store-unreachable":    "nobody can log in",
	"store-refuses":        "nobody can log in",
	"redis-replica":        "nobody can log in",
	"redis-full":           "nobody can log in",
	"redis-evicts":         "users will be logged out at random",
	"redis-no-persistence": "a restart of Redis logs everybody out",
	"sessions-lost":        "users are being logged out",
	"file-hosts":           "logins flicker",
	"file-temporary":       "a clean-up of the system logs everybody out",
	"workers-config":       "sessions end at different times",
	"clock-skew":           "sessions end too early, or too late",
	"middleware-order":     "pages answer 500",
	"context-replaced":     "pages answer 500",
	"cache-keeps-sessions": "visitors get pages of others",
	"cookie-secure-http":   "nobody stays logged in",
	"cookie-duplicates":    "users are being logged out",
	"cookie-foreign-key":   "users are being logged out",
	"cookie-foreign-store": "users are being logged out",
	"proxy-not-trusted":    "the cookie lacks its protection",
	"session-not-renewed":  "a stolen cookie survives a login",
}

// headline begins with what visitors notice, where the finding is sure.
func headline(f check.Finding) string {
	text := f.Message
	if c, ok := consequences[f.ID]; ok && f.Severity != check.Info {
		text = c + ": " + text
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// well is the state of a deployment without errors and warnings.
const well = "well"

// verdict says what the findings come to, of which the first is the gravest.
func verdict(findings []check.Finding, workers WorkersReport, store StoreReport) Verdict {
	grave := 0
	for _, f := range findings {
		if f.Severity != check.Info {
			grave++
		}
	}
	if grave > 0 {
		f := findings[0]
		return Verdict{State: string(f.Severity), Sentence: headline(f), Fix: f.Fix, ID: f.ID, More: grave - 1}
	}
	kept := map[string]string{"redis": "Redis", "file": "folder of files", "memory": "memory"}[store.Kind]
	if kept == "" {
		kept = "store"
	}
	switch n := workers.Summary.Count; {
	case n > 1:
		return Verdict{State: well, Sentence: fmt.Sprintf("%d workers share one %s and one key; nothing is wrong.", n, kept)}
	case store.Kind == "memory":
		return Verdict{State: well, Sentence: "1 worker keeps its sessions in memory; nothing is wrong."}
	default:
		return Verdict{State: well, Sentence: fmt.Sprintf("1 worker keeps its sessions in a %s; nothing is wrong.", kept)}
	}
}
