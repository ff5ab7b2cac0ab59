// Package redistest runs private Redis servers for tests: a single one, a
// Cluster, and one behind a Sentinel. They are real: what a test finds on them
// holds in production.
//
//	srv := redistest.Start(t)
//	store, err := redis.Open(ctx, srv.URL())
//	watch := srv.Watch()
//	store.Load(ctx, id)
//	if got := watch.Commands(); len(got) != 1 { ... }
//
// Each server has its own port and folder, keeps nothing on disk unless asked
// to, and is killed when the test ends. Where redis-server is not installed
// the test is skipped, but fails when the environment has CI=true, so that a
// build server cannot skip its way to green.
package redistest
