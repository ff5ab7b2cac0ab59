package check

import "slices"

// Run looks for everything in the table of rules and returns what it finds,
// the worst first, without what the configuration silences. Defaults that the
// configuration leaves out are filled in.
func Run(f Facts) []Finding {
	f.Config = f.Config.WithDefaults()
	var findings []Finding
	for _, r := range table() {
		if slices.Contains(f.Config.Silence, r.ID) {
			continue
		}
		message, fix, found := r.find(f)
		if !found {
			continue
		}
		var count uint64
		if r.seen != nil {
			count = r.seen(f).Count
		}
		findings = append(findings, Finding{
			ID:       r.ID,
			Count:    count,
			Severity: r.severity(f),
			Message:  message,
			Fix:      fix,
			Docs:     "docs/checks.md#" + r.ID,
		})
	}
	order := []Severity{Error, Warning, Info}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
	return findings
}
