// Package diagnose says why: why a cookie was not accepted, what is wrong with
// the set-up, who the other workers are. Its [Monitor] counts what requests meet,
// runs the checks of package check, and keeps this worker announced in the store.
//
// A manager has one, for package debug, for adapters, and for an app that reports
// in its own way:
//
//	m := sessions.Diagnostics()
//	for _, f := range m.Findings(ctx) {
//		log.Print(f) // the id of the check, what is wrong, and the fix
//	}
//	for reason, n := range m.Rejections() {
//		metric("sessions_rejected", string(reason), n)
//	}
package diagnose
