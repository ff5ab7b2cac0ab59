module github.com/gosessionkit/sessionkit/adapters/internal/fasthttp

go 1.26.0

require (
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/valyala/fasthttp v1.51.0
)

require (
	github.com/andybalholm/brotli v1.0.5 // indirect
	github.com/klauspost/compress v1.17.0 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
)

replace github.com/gosessionkit/sessionkit/core => ../../../core
