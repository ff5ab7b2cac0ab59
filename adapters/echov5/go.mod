module github.com/gosessionkit/sessionkit/adapters/echov5

go 1.26.0

require (
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/labstack/echo/v5 v5.3.0
)

require (
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace github.com/gosessionkit/sessionkit/core => ../../core
