// Package moving keeps sessions in one store and brings those of another over
// as they are asked for, so that an app changes its store without logging
// anybody out.
//
//	store := moving.New(redis, files) // the new one, then the one that sessions come from
//
// A session that is not in the new store is looked for in the old one. When it
// is there it is created in the new one, with its id, revision, expiry and user,
// and then removed from the old one if nobody has changed it there meanwhile:
// both are a compare-and-swap, so of several workers one moves it, and no
// change is lost. What ends a session ends it in both.
//
// All workers have to do so: one that knows the old store alone does not find
// what has moved. docs/changes.md says how to go about it. [Store.Move] brings
// the sessions over that nobody asks for; the command sessionkit migrate does
// so for all of them.
package moving
