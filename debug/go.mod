module github.com/gosessionkit/sessionkit/debug

go 1.26.0

require (
	github.com/VictoriaMetrics/metrics v1.44.0
	github.com/gosessionkit/sessionkit/core v0.1.0
)

require (
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/valyala/fastrand v1.1.0 // indirect
	github.com/valyala/histogram v1.2.0 // indirect
	golang.org/x/sys v0.38.0 // indirect
)

replace github.com/gosessionkit/sessionkit/core => ../core
