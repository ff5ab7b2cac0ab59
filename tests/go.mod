module github.com/gosessionkit/sessionkit/tests

go 1.26.0

require github.com/gosessionkit/sessionkit/stores v0.1.0

replace (
	github.com/gosessionkit/sessionkit/adapters/chi => ../adapters/chi
	github.com/gosessionkit/sessionkit/adapters/echo => ../adapters/echo
	github.com/gosessionkit/sessionkit/adapters/fiber => ../adapters/fiber
	github.com/gosessionkit/sessionkit/core => ../core
	github.com/gosessionkit/sessionkit/stores => ../stores
)
