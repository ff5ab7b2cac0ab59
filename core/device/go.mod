module github.com/gosessionkit/sessionkit/core/device

go 1.26.0

require github.com/mileusna/useragent v1.3.5
