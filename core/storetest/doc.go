// Package storetest reports whether a session store keeps the contract of
// [driver.Store]. A store opts in with three lines:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) driver.Store { return mystore.Open(t.TempDir()) })
//	}
//
// Every case gets a store of its own, so newStore must return an empty one
// each time (another folder, another key prefix) and registers with
// t.Cleanup what has to be put away afterwards; closing the store there is
// fine although a case may have closed it before. Cases run in parallel. Run
// returns when all are through, so a server that the caller started may be
// stopped with defer.
//
// A store that several processes can open on the same data passes
// [RunShared] too.
//
// Optional interfaces ([driver.UserIndex], [driver.Lister] and the like, and
// [driver.Registry]) are found by type assertion; what a store does not
// implement is skipped and says so. Numbers in comments are those of docs/behaviours.md.
package storetest
