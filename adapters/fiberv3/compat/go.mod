module github.com/gosessionkit/sessionkit/adapters/fiberv3/compat

go 1.26.0

require (
	github.com/gofiber/fiber/v3 v3.0.0
	github.com/gofiber/utils/v2 v2.0.0
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp v0.1.0
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/gosessionkit/sessionkit/debug v0.1.0
	github.com/gosessionkit/sessionkit/stores v0.1.0
	github.com/redis/go-redis/v9 v9.23.0
	github.com/valyala/fasthttp v1.69.0
)

require (
	github.com/andybalholm/brotli v1.2.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/gofiber/schema v1.6.0 // indirect
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/klauspost/compress v1.18.3 // indirect
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/tinylib/msgp v1.6.3 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/crypto v0.47.0 // indirect
	golang.org/x/net v0.49.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.33.0 // indirect
)

replace (
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp => ../../internal/fasthttp
	github.com/gosessionkit/sessionkit/core => ../../../core
	github.com/gosessionkit/sessionkit/debug => ../../../debug
	github.com/gosessionkit/sessionkit/stores => ../../../stores
)
