module github.com/gosessionkit/sessionkit/adapters/fiber

go 1.26.0

require (
	github.com/gofiber/fiber/v2 v2.50.0
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp v0.1.0
	github.com/gosessionkit/sessionkit/core v0.1.0
)

require (
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/philhofer/fwd v1.1.3-0.20240916144458-20a13a1f6b7c // indirect
	github.com/tinylib/msgp v1.2.5 // indirect
)

require (
	github.com/andybalholm/brotli v1.1.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/klauspost/compress v1.17.9 // indirect
	github.com/mattn/go-colorable v0.1.13 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/mattn/go-runewidth v0.0.16 // indirect
	github.com/rivo/uniseg v0.2.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasthttp v1.51.0
	github.com/valyala/tcplisten v1.0.0 // indirect
	golang.org/x/sys v0.28.0 // indirect
)

replace (
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp => ../internal/fasthttp
	github.com/gosessionkit/sessionkit/core => ../../core
)
