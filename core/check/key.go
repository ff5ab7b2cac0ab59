package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

const minKeyBytes = 32

func keyRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:                "secret-key-missing",
			Severity:          Error,
			OutsideProduction: Warning,
			Title:             "no secret key",
			Description: "Cookies are signed with a secret key. Without one the worker makes up a random one for this start: every session ends at the next start, " +
				"and no other worker accepts this one's cookies. In production the start is refused. " +
				"A key that the app fills in itself (`config.WithDefault`) counts as none: the example app draws one at each start, for all of its workers.",
			HowToSee: "`/debug/config` shows `secret-key` with the source `default`.",
		},
		find: keyMissing,
	}, {
		Rule: Rule{
			ID:                "secret-key-default",
			Severity:          Error,
			OutsideProduction: Warning,
			Title:             "a secret key from an example",
			Description: "A key that signs or verifies cookies is a placeholder such as `changeme` or `secret`, or is made up of one. Such keys are the first that an attacker tries: " +
				"who knows the key can make cookies. A fallback key verifies cookies too, so it must be as good.",
			HowToSee: "Look at the value of `SECRET_KEY` and `SECRET_KEY_FALLBACKS`; no report shows it.",
		},
		find: keyDefault,
	}, {
		Rule: Rule{
			ID:       "secret-key-short",
			Severity: Warning,
			Title:    "a secret key of less than 32 bytes",
			Description: "A key that signs or verifies cookies is shorter than 32 bytes, so that it might be found by trying keys on one cookie, offline. " +
				"In production the start is refused.",
			HowToSee: "`printf %s \"$SECRET_KEY\" | wc -c` counts the bytes.",
		},
		find: keyShort,
	}, {
		Rule: Rule{
			ID:       "secret-key-weak",
			Severity: Warning,
			Title:    "a secret key that is easily guessed",
			Description: "A key that signs or verifies cookies is long enough, and yet holds little that cannot be guessed: a repeated word, one character many times, or a row such as `abcdef`. " +
				"This is an estimate from the key's characters alone.",
			HowToSee: "Look at the value of `SECRET_KEY` and `SECRET_KEY_FALLBACKS`; no report shows it.",
		},
		find: keyWeak,
	}, {
		Rule: Rule{
			ID:       "secret-key-comma",
			Severity: Warning,
			Title:    "a secret key with a comma in it",
			Description: "The secret key has a comma in it. It is taken whole, as one key. The earlier keys are a list that commas part, though: " +
				"when the key is changed one day, this one cannot be kept there, and every session ends.",
			HowToSee: "Look at the value of `SECRET_KEY`; no report shows it.",
		},
		find: keyComma,
	}, {
		Rule: Rule{
			ID:       "secret-key-differs",
			Severity: Error,
			Title:    "workers sign with different secret keys",
			Description: "Two workers on one store sign with different keys and neither has the other's as a fallback. A visitor whose requests reach both is logged in, logged out and logged in again. " +
				"Or they run two apps that were given one store, which the names of their main packages tell. " +
				"A worker that was killed on another machine counts for 13 seconds after its last sign of life.",
			HowToSee: "`/debug/workers` shows the key fingerprints of every live worker; `/debug/session` says `rejected: foreign-key`.",
		},
		find: keyDiffers,
	}, {
		Rule: Rule{
			ID:       "secret-key-rotation",
			Severity: Warning,
			Title:    "a worker signs with a key that another does not have yet",
			Description: "The secret key is being changed: one worker signs with a new key and accepts the old one, another knows the old one alone and rejects the new cookies. " +
				"It passes when the last old worker is gone. To change a key without this, first add the new one to the fallbacks of every worker.",
			HowToSee: "`/debug/workers` shows the key fingerprints of every live worker, the signing key first.",
		},
		find: keyRotation,
	}, {
		Rule: Rule{
			ID:       "secret-key-fallbacks",
			Severity: Warning,
			WhenRare: Info,
			Title:    "workers have different fallback keys",
			Description: "Two workers accept each other's new cookies, and one has a fallback key that the other lacks. That is so for a while whenever the key is changed step by step, and refuses nobody: " +
				"the key is one that nobody signs with yet, or nobody has a cookie of any more. When cookies of a key arrive that the worker lacks, it is an earlier one that is still in use: such a visitor is logged in on the one and unknown on the other.",
			HowToSee: "`/debug/workers` shows the key fingerprints of every live worker, and `fallback_keys` among what differs.",
		},
		find: keyFallbacks,
		seen: func(f Facts) Recent { return f.Rejections[foreignKey] },
	}}
}

// key is one that cookies are signed or verified with.
type key struct {
	name, value string
	fallback    bool
}

func keys(cfg config.Config) []key {
	var list []key
	if !cfg.SecretKey.IsZero() {
		list = append(list, key{"the secret key", cfg.SecretKey.Reveal(), false})
	}
	for i, value := range cfg.SecretKeyFallbacks {
		list = append(list, key{fmt.Sprintf("fallback key %d", i+1), value.Reveal(), true})
	}
	return list
}

// badKeys finds the keys that are bad, what is wrong with each, and the fix
// for them.
func badKeys(f Facts, bad func(key) (problem string, found bool)) (problems, fix string, found bool) {
	var list, fixes []string
	for _, k := range keys(f.Config) {
		problem, found := bad(k)
		if !found {
			continue
		}
		list = append(list, k.name+" "+problem)
		fix := newKeyFix(f)
		if k.fallback {
			fix = "take it out of " + setting(f, "secret-key-fallbacks")
		}
		if !slices.Contains(fixes, fix) {
			fixes = append(fixes, fix)
		}
	}
	return strings.Join(list, ", "), strings.Join(fixes, "; "), len(list) > 0
}

func newKeyFix(f Facts) string {
	return fmt.Sprintf("set %s to the output of: %s, the same on every worker", setting(f, "secret-key"), newSecret)
}

// keyConfigured reports whether somebody has set a secret key. One that the app
// fills in itself, with config.WithDefault, is not that.
func keyConfigured(f Facts) bool {
	return !f.Config.SecretKey.IsZero() && f.Config.Setting("secret-key").Source != "default"
}

func keyMissing(f Facts) (message, fix string, found bool) {
	if !f.Config.SecretKey.IsZero() {
		return "no secret key is configured, and the app fills one in itself: where it draws one every session ends at the next start, and where it has one in its code whoever reads that can make cookies",
			newKeyFix(f), !keyConfigured(f)
	}
	return "there is no secret key, so this start has a random one: every session ends at the next start, and no other worker accepts this one's cookies",
		newKeyFix(f), f.Config.SecretKey.IsZero() && !f.Self.Prefork // which has a rule of its own
}

func keyDefault(f Facts) (message, fix string, found bool) {
	problems, fix, found := badKeys(f, func(k key) (string, bool) {
		return "is a placeholder", isPlaceholder(k.value)
	})
	return problems + ": whoever guesses it can make cookies and be anybody", fix, found
}

func keyShort(f Facts) (message, fix string, found bool) {
	problems, fix, found := badKeys(f, func(k key) (string, bool) {
		return "has " + plural(len(k.value), "byte", "bytes"), len(k.value) < minKeyBytes && !isPlaceholder(k.value)
	})
	return fmt.Sprintf("%s, and %d are the least that cannot be tried out", problems, minKeyBytes), fix, found
}

func keyWeak(f Facts) (message, fix string, found bool) {
	problems, fix, found := badKeys(f, func(k key) (string, bool) {
		bits := guessBits(k.value)
		weak := bits < minKeyBits && len(k.value) >= minKeyBytes && !isPlaceholder(k.value)
		return fmt.Sprintf("has %d bytes that are worth about %.0f bits", len(k.value), bits), weak
	})
	return problems + ": it repeats itself or is a row of characters", fix, found
}

func keyComma(f Facts) (message, fix string, found bool) {
	return "the secret key has a comma in it: it counts as one key, and could never be kept among the earlier ones, which commas part",
		fmt.Sprintf("if these are several keys, keep the first in %s and put the others into %s; else %s",
			setting(f, "secret-key"), setting(f, "secret-key-fallbacks"), newKeyFix(f)),
		strings.Contains(f.Config.SecretKey.Reveal(), ",")
}

// keyDiffers finds workers that accept none of this one's cookies, nor it
// theirs.
func keyDiffers(f Facts) (message, fix string, found bool) {
	strangers := others(f, func(w worker.Info) bool {
		return len(w.Keys) > 0 && !accepts(w, f.Self) && !accepts(f.Self, w)
	})
	if len(strangers) == 0 || len(f.Self.Keys) == 0 {
		return "", "", false
	}
	if !slices.ContainsFunc(strangers, func(w worker.Info) bool { return !anotherApp(f.Self, w) }) {
		return fmt.Sprintf("this worker of the app %s signs with key %s, and %s: the two apps keep their sessions in one place, and neither accepts the other's cookies",
			f.Self.App, f.Self.Keys[0], names(strangers, func(w worker.Info) string { return "of the app " + w.App + " signs with " + w.Keys[0] })), apartFix(f), true
	}
	return fmt.Sprintf("%s with another key than this one: it signs with %s, %s; neither accepts the other's cookies",
			sign(len(strangers), len(others(f, func(worker.Info) bool { return true }))+1), f.Self.Keys[0], names(strangers, func(w worker.Info) string { return "signs with " + w.Keys[0] })),
		fmt.Sprintf("give every worker the same %s; if it was changed, put the old one into %s",
			setting(f, "secret-key"), setting(f, "secret-key-fallbacks")),
		true
}

// sign says how many workers sign, which a sentence goes on from.
func sign(some, all int) string {
	if some == 1 {
		return fmt.Sprintf("1 of %d workers signs", all)
	}
	return fmt.Sprintf("%d of %d workers sign", some, all)
}

// anotherApp reports whether two workers say that they run different apps.
func anotherApp(a, b worker.Info) bool { return a.App != "" && b.App != "" && a.App != b.App }

// keyRotation finds workers that accept this one's cookies, or it theirs, and
// not the other way round.
func keyRotation(f Facts) (message, fix string, found bool) {
	behind := others(f, func(w worker.Info) bool {
		return len(w.Keys) > 0 && len(f.Self.Keys) > 0 && accepts(w, f.Self) != accepts(f.Self, w)
	})
	if len(behind) == 0 {
		return "", "", false
	}
	side := func(w worker.Info) string {
		if accepts(w, f.Self) {
			return fmt.Sprintf("signs with %s, which this one does not have", w.Keys[0])
		}
		return fmt.Sprintf("does not have %s, which this one signs with", f.Self.Keys[0])
	}
	return names(behind, side) + ": cookies of the new key are rejected there",
		fmt.Sprintf("restart the workers that lack the new key with the same %s and %s", setting(f, "secret-key"), setting(f, "secret-key-fallbacks")),
		true
}

// keyFallbacks finds workers that accept what this one signs, and it what they
// sign, and yet have not the same keys.
func keyFallbacks(f Facts) (message, fix string, found bool) {
	differ := others(f, func(w worker.Info) bool {
		return accepts(w, f.Self) && accepts(f.Self, w) && len(lacks(w, f.Self))+len(lacks(f.Self, w)) > 0
	})
	side := func(w worker.Info) string {
		if missing := lacks(w, f.Self); len(missing) > 0 {
			return "does not have the fallback key " + strings.Join(missing, ", ") + ", which this one accepts"
		}
		return "accepts the fallback key " + strings.Join(lacks(f.Self, w), ", ") + ", which this one does not have"
	}
	return names(differ, side) + "; while the key is changed step by step that is so for a while, else cookies of it are rejected where it is missing",
		"give every worker the same " + setting(f, "secret-key-fallbacks"), len(differ) > 0
}

// lacks are the keys that a worker does not have and another has.
func lacks(w, other worker.Info) []string {
	return slices.DeleteFunc(slices.Clone(other.Keys), func(key string) bool { return slices.Contains(w.Keys, key) })
}

// accepts reports whether a worker verifies what another signs.
func accepts(verifier, signer worker.Info) bool {
	return len(signer.Keys) > 0 && slices.Contains(verifier.Keys, signer.Keys[0])
}
