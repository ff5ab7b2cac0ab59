// Package driver is what a store of sessions implements, and what it is given.
// Apps have no use for it: they import package session.
//
// A store is a [Store]: five methods that load, save, touch and delete records
// by their [ID]. Save is a compare-and-swap on the revision, on which everything
// else rests: that no change is lost, and that a session which has ended stays
// so:
//
//	r, err := store.Load(ctx, id)
//	next := r.Clone()
//	next.Values = r.Values.With("n", []byte("1"))
//	err = store.Save(ctx, id, next) // a *ConflictError, with the current record, when somebody was faster
//
// Whatever else a store can do it says by implementing an optional interface:
//
//   - [UserIndex]: find and end the sessions of a user
//   - [Lister]: walk and count sessions
//   - [Identifier]: have an identity of its own, so that cookies can name it
//   - [Registry]: let workers announce themselves
//   - [Describer], [Pinger]: say what and where it is, and whether it answers
//   - [TagLoader], [Remover], [Sweeper]: what some do faster, or have to do
//
// What a store knows of its own set-up it tells package check, as a
// check.Inspector. Package storetest reports whether a store keeps the contract,
// and has the smallest store as an example; package memstore is a whole one.
package driver
