module github.com/gosessionkit/sessionkit/debug/cmd/sessionkit

go 1.26.0

require (
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/gosessionkit/sessionkit/debug v0.1.0
	github.com/gosessionkit/sessionkit/stores v0.1.0
	github.com/peterbourgon/ff/v3 v3.4.0
	golang.org/x/net v0.56.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/redis/go-redis/v9 v9.23.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace (
	github.com/gosessionkit/sessionkit/core => ../../../core
	github.com/gosessionkit/sessionkit/debug => ../..
	github.com/gosessionkit/sessionkit/stores => ../../../stores
)
