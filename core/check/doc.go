// Package check finds what is wrong with a configuration and the environment
// it runs in, and says how to mend it. Every rule has a stable id, described
// in docs/checks.md, under which it can be silenced.
//
// The rules look at [Facts] and nothing else. They do no I/O, so a test can make
// the facts up:
//
//	findings := check.Run(check.Facts{Config: cfg, Store: check.Store{Kind: "memory", Private: true}})
//	for _, f := range findings {
//		log.Print(f.ID, ": ", f.Message, ". Fix: ", f.Fix)
//	}
//
// The manager of package session collects the facts of a running worker, at the
// start and for the debug endpoints: see diagnose.Monitor. A store adds facts of
// its own when it implements [Inspector], and says with a [Refusal] that its
// server answers but does not do what it was asked.
package check
