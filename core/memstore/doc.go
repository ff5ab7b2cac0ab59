// Package memstore keeps sessions in the memory of one process: for tests, and
// for apps that run as one process and may forget everybody at a restart.
//
//	sessions, err := session.NewManager(ctx, cfg, memstore.New(0))
//
// A store takes a million sessions and 256 MiB unless told otherwise:
//
//	store := memstore.New(10_000, memstore.WithBytes(16<<20))
//
// It implements the optional interfaces of package driver too, and is the model
// for a store of one's own.
package memstore
