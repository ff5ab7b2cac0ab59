// Package session keeps values for each visitor of a web app, between requests
// and on every worker of the app.
//
// # Set-up
//
// An app makes one [Manager] from its configuration and a store, and installs
// the middleware of its router before the first route:
//
//	cfg, err := config.Parse(flag.CommandLine, os.Args[1:])
//	store, err := stores.Open(ctx, cfg) // or memstore.New(0)
//	sessions, err := session.NewManager(ctx, cfg, store)
//	defer sessions.Close()
//	http.ListenAndServe(addr, httpsession.Install(mux, sessions, nil))
//
// Packages chisession, echosession, fibersession and ginsession have an Install for
// chi, Echo, Fiber and Gin. Package auth is about users, package sessiontest about tests
// of the app's own handlers.
//
// # The life of a request
//
// A handler asks for its session, reads it and changes it:
//
//	s, err := session.From(ctx)             // or Get of the router's package
//	n, err := session.Get[int](s, "visits") // zero value when the key is missing
//	err = session.Set(s, "visits", n+1)
//
// The middleware itself does no I/O. The first [From] of a request verifies the
// cookie and loads the session from the store; later calls return the same
// [Session]. A request that never calls it costs no store call. A visitor
// without a valid cookie gets a new, empty session, and [Session.Status] has the
// reason. It is stored, and its cookie set, only when something is put into it.
// Where the app takes tokens from headers, for clients that are no browsers
// ([config.TokenSource]), all that is said of the cookie is true of those.
// Reads see the session as it was loaded, with the changes of this request.
//
// # When changes are saved
//
//   - [Set], [Session.Delete], [Session.Clear], [Session.Flash] and the methods
//     SetLifetime, SetIdleTimeout and SetPersistent change the session of this
//     request. The changes are saved together before the headers of the answer
//     leave. When that fails the answer is an error, and has nothing of what the
//     handler wrote.
//   - [Update], [SetIfAbsent], [Pop], [Session.Flashes] and [Session.Commit] save
//     at once, together with all changes made before.
//   - [Session.Renew], [Session.LogIn] and [Session.Destroy] replace or end a
//     stored session at once, on every worker.
//   - Changes made after the headers have left are saved when the handler
//     returns, if the browser has the session's cookie already. A goroutine that
//     runs longer than that calls Commit.
//   - A session that was only read is touched when a tenth of its idle timeout
//     has passed; [WithoutTouch] prevents that.
//
// A save replays the changes of a request, key by key, on the session as it is
// stored at that moment, so changes of other keys by other requests stay. When
// two requests Set the same key the last one wins; [Update] computes from the
// stored value and loses nothing. A save never brings a session back that has
// ended.
//
// # Errors
//
// [HTTPStatus] gives the status code for an error. The adapters use it. An error
// of the app's own may choose its status with a method HTTPStatus() int.
//
//	ErrUnavailable, ErrStoreFull, ErrClosed, ErrContended  503  a retry may help
//	ErrGone, ErrDestroyed                                  409  the session has ended
//	ErrTooLarge                                            413  431 for the Cookie header
//	ErrInvalidLabel                                        400  the visitor's input
//	TypeError, ErrInvalidKey, ErrHeadersSent               500  a mistake in a handler
//	ErrNoMiddleware, ErrNoUserIndex, ErrNoListing          500  a mistake in the set-up
//	context.DeadlineExceeded, context.Canceled             503, 499
//
// After an error of a save the changes are kept and may be committed again,
// except after ErrGone and ErrDestroyed.
//
// # Concurrency
//
// A [Manager] is safe for concurrent use, and so is a [Session] for the
// goroutines of its request. A function given to [Update] must not use the
// session. The rest of this section is for those who change this package or
// write an adapter.
//
// Locks are taken in this order, and each may be left out: the memo of
// [Session.Once], the gate of [Exchange], the gate Session.saving, the mutex
// Session.mu. A store is called under saving or under no lock; only the Load of
// [From] runs under the Exchange's gate. Functions given to Once run under a memo,
// those given to Update, and codecs, under saving. Log handlers may run under both
// gates: what is logged there has a context that does not lead to the session.
//
// Session.id and Session.base are written under both saving and mu, so either
// lock is enough to read them. The record that base points to is never changed.
//
// [Exchange.Begin] wants a zero Exchange: one that is used again would have the
// session of the request before. [Exchange.Commit] is called once, before the
// headers leave; [Exchange.Finish] once, after it and after the handler.
//
// Store calls that begin within a twentieth of the timeout share one deadline.
// Their contexts have the same Done channel, by which the Redis store knows
// which calls it may send together. Load, LoadTagged, Save, Touch and Delete go
// through a breaker; all other calls of a store reach it even while it is given
// up.
package session
