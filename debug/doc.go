// Package debug serves endpoints that tell an operator why a session was
// lost: what came with the request, what this worker is and has, how the
// other workers differ, what the store says, and what to do about it.
//
//	h := debug.New(sessions)                  // nil unless --debug-endpoints is on
//	err := chisession.Install(r, sessions, h) // or another adapter's Install
//
// Below /debug/ there are reports on the caller's session, the configuration
// with its findings, the store, Redis and the workers, metrics for Prometheus,
// and a probe that writes through the very session of its caller. Every report
// is a struct of this package, answered as JSON or, to a browser, as a page;
// /debug/ has all of them on one. At /debug/sessions an operator finds the sessions
// of others and ends them.
//
// In development the endpoints answer programs on the same machine, as long as
// nothing shows that a proxy is in front of the app. Everybody else needs the
// debug token, which is configured or else derived from the secret key and
// logged at start. In production mode, and for the sessions of others, it is always
// needed; in production it has to be configured. No answer has a secret in it: keys
// are named by their fingerprints, session ids cut short, passwords left out, and
// values whose name sounds like a secret hidden. See docs/debug-endpoints.md.
package debug
