// Package stores opens the session store that the configuration asks for.
//
//	cfg, err := config.Parse(flag.CommandLine, os.Args[1:])
//	store, err := stores.Open(ctx, cfg)
//	sessions, err := session.NewManager(ctx, cfg, store) // closes the store with itself
//
// An app that brings its own Redis client or folder does not need it: see the
// packages stores/redis and stores/file.
package stores
