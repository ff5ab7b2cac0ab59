package check

import "slices"

// Rule describes something that is looked for.
type Rule struct {
	ID          string   // stable
	Severity    Severity // of what it finds
	Elsewhere   Severity // the same outside production mode, where it differs; else ""
	Title       string   // what is wrong, in a few words
	Description string   // what it means, a paragraph
	See         string   // how to see it for oneself
}

// rule is a Rule that can look.
type rule struct {
	Rule

	// find tells whether the facts show it, what is wrong here and now, with
	// the figures, and what to set or run.
	find func(Facts) (message, fix string, found bool)
}

// severity is that of a finding in a configuration of the mode.
func (r rule) severity(production bool) Severity {
	if !production && r.Elsewhere != "" {
		return r.Elsewhere
	}
	return r.Severity
}

// table is all rules, by topic.
func table() []rule {
	return slices.Concat(
		keyRules(),
		storeRules(),
		rejectionRules(),
		fileRules(),
		redisRules(),
		cookieRules(),
		proxyRules(),
		orderRules(),
		debugRules(),
		workerRules(),
		silenceRules(),
	)
}

// Rules lists what is looked for, by topic.
func Rules() []Rule {
	var list []Rule
	for _, r := range table() {
		list = append(list, r.Rule)
	}
	return list
}
