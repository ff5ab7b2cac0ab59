module github.com/gosessionkit/sessionkit/debug

go 1.26.0

require github.com/gosessionkit/sessionkit/core v0.1.0

require github.com/peterbourgon/ff/v3 v3.4.0 // indirect

replace github.com/gosessionkit/sessionkit/core => ../core
