// Package scs is sessionkit with the method set of alexedwards/scs/v2's
// SessionManager, for apps that use it. There are two ways in. By import path,
//
//	import "github.com/gosessionkit/sessionkit/adapters/scs" // was github.com/alexedwards/scs/v2
//
// or by a line in go.mod, with no line of the app's code changed:
//
//	replace github.com/alexedwards/scs/v2 => github.com/gosessionkit/sessionkit/adapters/scs v0.1.0
//
// Sessions are in the kit's store, which the environment names (REDIS_URL,
// SESSION_DIR; files by default). A Store that the app sets is where sessions from
// before are read from, so that nobody is logged out. The manager is opened by its
// first request, with the fields as they are by then; SessionManager.Manager opens
// it at once and says what is wrong.
//
// What is better: two requests at a time keep each other's changes, key by key; a
// session that has ended is not brought back by a slow request; a value that is
// popped is popped once; an error while saving leaves nothing of the handler's
// answer; a request that does not look at its session costs nothing, if its method
// is GET or HEAD and there is no IdleTimeout.
//
// What is different is in docs/moving.md.
package scs

// With the replace line this package has another import path, so neither it nor its
// tests import a package of this module.
