package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// keysAreDrawn reports whether a worker has made its key up.
func (e *evidence) keysAreDrawn() bool { return len(e.without("secret-key")) > 0 }

// without are the workers that have no such setting.
func (e *evidence) without(flag string) (list []*seen) {
	for _, w := range e.workers {
		if w.setting(flag) == "" {
			list = append(list, w)
		}
	}
	return list
}

func (e *evidence) newKey() string {
	return fmt.Sprintf("set %s to the output of: openssl rand -base64 32, the same on every worker", e.title("secret-key"))
}

// signing is the key that a worker signs with.
func signing(w *seen) string {
	if keys := w.entry().Keys; len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// accepts reports whether a worker accepts what another signs.
func accepts(verifier, signer *seen) bool {
	return slices.Contains(verifier.entry().Keys, signing(signer))
}

// pairs calls f for each two workers.
func (e *evidence) pairs(f func(a, b *seen) bool) bool {
	for i, a := range e.workers {
		for _, b := range e.workers[i+1:] {
			if f(a, b) {
				return true
			}
		}
	}
	return false
}

var ofKeys = []string{"secret-key-differs", "secret-key-rotation", "secret-key-fallbacks", "secret-key-missing", "fiber-prefork-key", "foreign-key", "cookie-foreign-key", "key-changed", "debug-differs"}

// keysMissing: each worker has made up a key of its own.
func keysMissing(e *evidence) *cause {
	text, different := e.differ(signing)
	if !e.keysAreDrawn() {
		return nil
	}
	if !different { // the others have not answered, and one says so of itself
		c := e.found("fiber-prefork-key", ofKeys...)
		if c != nil {
			c.loses = true
			c.Message = "there is no secret key, and each process of Fiber's prefork has made up one of its own: none accepts another's cookies"
		}
		return c
	}
	c := &cause{loses: true, Problem: report.Problem{ID: "secret-key-missing", Docs: "docs/checks.md#secret-key-missing",
		Message: "there is no secret key, and each worker has made up one of its own: none accepts another's cookies (" + text + ")", Fix: e.newKey()}, covers: ofKeys}
	if drawn := e.without("secret-key"); len(drawn) < len(e.workers) {
		c.Message = fmt.Sprintf("%s has no secret key and has made one up, while others have one: none accepts the other's cookies (%s)", names(drawn), text)
		c.Fix = fmt.Sprintf("give every worker the same %s: see that the variable reaches this one, and under the prefix that its app reads", e.title("secret-key"))
	}
	if slices.ContainsFunc(e.workers, func(w *seen) bool { return w.entry().Prefork }) {
		c.ID, c.Docs = "fiber-prefork-key", "docs/checks.md#fiber-prefork-key"
		c.Message = "there is no secret key, and each process of Fiber's prefork has made up one of its own: none accepts another's cookies (" + text + ")"
	}
	return c
}

// keysDiffer: two workers sign with keys that the other does not have.
func keysDiffer(e *evidence) *cause {
	differ := e.pairs(func(a, b *seen) bool { return !accepts(a, b) && !accepts(b, a) })
	text, _ := e.differ(signing)
	if c := e.found("secret-key-differs", ofKeys...); c != nil && !differ {
		c.loses = true
		c.Message = "workers sign with different secret keys: " + c.Message
		return c // another worker has it, one that does not answer here
	}
	if differ {
		apps, several := e.differ(func(w *seen) string { return w.info().App })
		c := &cause{loses: true, Problem: report.Problem{ID: "secret-key-differs", Docs: "docs/checks.md#secret-key-differs",
			Message: "workers sign with different secret keys, and none accepts the other's cookies: " + text,
			Fix:     fmt.Sprintf("give every worker the same %s; if it was changed, put the old one into %s", e.title("secret-key"), e.title("secret-key-fallbacks"))}, covers: slices.Clone(ofKeys)}
		if f, on := e.finding("secret-quoted"); f.ID != "" && len(on) < len(e.workers) {
			c.Message += "; that of " + names(on) + " has a quote at its end, which counts as a part of it"
			c.Fix, c.covers = f.Fix, append(c.covers, f.ID)
		}
		if several {
			c.Seen = append(c.Seen, "these are different programs: "+apps)
		}
		return c
	}
	if e.derived && e.refusedBy > 0 {
		return &cause{Problem: report.Problem{ID: "secret-key-differs", Docs: "docs/checks.md#secret-key-differs",
			Message: fmt.Sprintf("of %d requests with the debug token that this SECRET_KEY gives %d were refused: workers have different secret keys", e.asked, e.refusedBy),
			Fix:     fmt.Sprintf("give every worker the same %s; if it was changed, put the old one into %s", e.title("secret-key"), e.title("secret-key-fallbacks"))}, covers: ofKeys}
	}
	return nil
}

// keyHalfway: one worker signs with a key that another does not have.
func keyHalfway(e *evidence) *cause {
	var behind []*seen
	e.pairs(func(a, b *seen) bool {
		for _, pair := range [][2]*seen{{a, b}, {b, a}} {
			if !accepts(pair[0], pair[1]) && !slices.Contains(behind, pair[0]) {
				behind = append(behind, pair[0])
			}
		}
		return false
	})
	if len(behind) == 0 {
		return e.found("secret-key-rotation", ofKeys...)
	}
	text, _ := e.differ(signing)
	return &cause{loses: true, Problem: report.Problem{ID: "secret-key-rotation", Docs: "docs/checks.md#secret-key-rotation",
		Message: fmt.Sprintf("the secret key is being changed, and %s does not have the new one: it refuses the cookies that others sign with it (they sign with %s)", names(behind), text),
		Fix: fmt.Sprintf("restart %s with the new %s and the old one in %s; next time add the new key to the fallbacks of every worker first (docs/changes.md)",
			names(behind), e.title("secret-key"), e.title("secret-key-fallbacks"))}, covers: ofKeys}
}

// keyChanged: cookies of a key come that no worker has.
func keyChanged(e *evidence) *cause {
	f, _ := e.finding("cookie-foreign-key")
	n := e.rejections("foreign-key")
	if f.ID == "" || n < check.WarnAfter {
		return nil
	}
	c := e.found("cookie-foreign-key", ofKeys...)
	if strings.Contains(f.Message, "another app") {
		return c // which has another store too
	}
	c.Message = fmt.Sprintf("the secret key was changed: %s came with a cookie of a key that no worker has any more, and all workers that answer share one (%s)",
		times(n, "request", "requests"), signing(e.workers[0]))
	c.Fix = fmt.Sprintf("put the old key into %s for one session lifetime (%s); if another app on this host set them, give this one a %s of its own",
		e.title("secret-key-fallbacks"), e.workers[0].setting("session-lifetime"), e.title("session-cookie-name"))
	return c
}
