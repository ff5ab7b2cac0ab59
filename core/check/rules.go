package check

import (
	"slices"

	"github.com/gosessionkit/sessionkit/core/config"
)

// Rule describes something that is looked for.
type Rule struct {
	ID                string   // stable
	Severity          Severity // of what it finds
	OutsideProduction Severity // the same outside production mode, where it differs; else ""
	WhenRare          Severity // the same for fewer sightings than WarnAfter, where it differs; else ""
	WhenGrave         Severity // the same where sessions break by it, where it differs; else ""
	Title             string   // what is wrong, in a few words
	Description       string   // what it means, a paragraph
	HowToSee          string   // how to see it for oneself
}

// rule is a Rule that can look.
type rule struct {
	Rule

	// find reports whether the facts show it, what is wrong here and now, with
	// the figures, and what to set or run.
	find func(Facts) (message, fix string, found bool)

	// seen is, where WhenRare is set, how often requests have shown it.
	seen func(Facts) Recent

	// likely tells, where it is set, whether one sighting counts as WarnAfter: the
	// other facts make a fault of the set-up the likely reason for it.
	likely func(Facts) bool

	// grave tells, where WhenGrave is set, whether sessions break by it.
	grave func(Facts) bool
}

// severity is that of what the rule finds in the facts.
func (r rule) severity(f Facts) Severity {
	switch {
	case r.WhenGrave != "" && r.grave(f):
		return r.WhenGrave
	case r.WhenRare != "" && r.seen(f).Count < WarnAfter && (r.likely == nil || !r.likely(f)):
		return r.WhenRare
	case r.OutsideProduction != "" && f.Config.Mode != config.Production:
		return r.OutsideProduction
	}
	return r.Severity
}

// table is all rules, by topic.
func table() []rule {
	return slices.Concat(
		keyRules(),
		environmentRules(),
		secretRules(),
		storeRules(),
		userLimitRules(),
		memoryRules(),
		rejectionRules(),
		lifetimeRules(),
		lostRules(),
		migrationRules(),
		fileRules(),
		redisRules(),
		silentRules(),
		cookieRules(),
		tokenRules(),
		proxyRules(),
		orderRules(),
		cacheRules(),
		predecessorRules(),
		renewalRules(),
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
