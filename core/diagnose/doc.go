// Package diagnose says why: why a cookie was not accepted, what is wrong with
// the set-up, who the other workers are. Its [Monitor] counts what requests meet,
// runs the checks of package check, and keeps this worker announced in the store.
// session.Manager.Diagnostics returns it, for package debug and for adapters.
package diagnose
