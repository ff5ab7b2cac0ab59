package debug

import (
	"context"

	"github.com/gosessionkit/sessionkit/core/check"
)

// bounded ends when a store has had its time to answer (--session-timeout).
// All that a report asks of the store shares it, so that one that hangs is
// waited for once.
func (h *handler) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, h.sessions.Config().Timeout)
}

// facts asks the store what it has to say of itself. No secret is in them.
func (h *handler) facts(ctx context.Context) check.Facts {
	return h.scrub.facts(h.sessions.Facts(ctx))
}

// findings runs the checks on facts that were gathered already.
func (h *handler) findings(facts check.Facts) []check.Finding {
	findings := check.Run(facts)
	if findings == nil {
		return []check.Finding{}
	}
	for i := range findings {
		findings[i].Message = h.scrub.cut(findings[i].Message)
		findings[i].Fix = h.scrub.cut(findings[i].Fix)
	}
	return findings
}

// fixOf is what the check of that id advises, "" when it finds nothing; the
// reports say the same as the checks do. It does not matter here whether the
// check is silenced.
func (h *handler) fixOf(id string, facts check.Facts) string {
	facts.Config, facts.Self = h.sessions.Config(), h.sessions.Worker()
	facts.Config.Silence = nil
	for _, finding := range check.Run(facts) {
		if finding.ID == id {
			return h.scrub.cut(finding.Fix)
		}
	}
	return ""
}
