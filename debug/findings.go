package debug

import "github.com/gosessionkit/sessionkit/core/check"

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
	facts.Config, facts.Self = h.sessions.Config(), h.sessions.Diagnostics().Worker()
	facts.Config.Silence = nil
	for _, finding := range check.Run(facts) {
		if finding.ID == id {
			return h.scrub.cut(finding.Fix)
		}
	}
	return ""
}
