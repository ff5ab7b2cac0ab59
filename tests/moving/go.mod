module github.com/gosessionkit/sessionkit/tests/moving

go 1.26.0

require (
	github.com/alexedwards/scs/goredisstore v0.0.0-20250212122300-421ef1d8611c
	github.com/alexedwards/scs/v2 v2.9.0
	github.com/boj/redistore v1.4.1
	github.com/gofiber/fiber/v2 v2.52.15
	github.com/gofiber/fiber/v3 v3.5.0
	github.com/gofiber/storage/redis/v3 v3.4.3
	github.com/gorilla/sessions v1.4.0
	github.com/gosessionkit/sessionkit/adapters/gorilla v0.1.0
	github.com/gosessionkit/sessionkit/adapters/scs v0.1.0
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/gosessionkit/sessionkit/stores v0.1.0
	github.com/labstack/echo-contrib v0.50.1
	github.com/labstack/echo/v4 v4.16.0
	github.com/markbates/goth v1.82.0
	github.com/redis/go-redis/v9 v9.23.0
)

require (
	github.com/andybalholm/brotli v1.2.2 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-chi/chi/v5 v5.2.2 // indirect
	github.com/gofiber/schema v1.8.3 // indirect
	github.com/gofiber/utils/v2 v2.4.1 // indirect
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/gomodule/redigo v1.9.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/context v1.1.2 // indirect
	github.com/gorilla/mux v1.6.2 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/gosessionkit/sessionkit/debug v0.1.0 // indirect
	github.com/klauspost/compress v1.19.2 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mattn/go-runewidth v0.0.16 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/rivo/uniseg v0.2.0 // indirect
	github.com/tinylib/msgp v1.6.4 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasthttp v1.73.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/net v0.57.0 // indirect
	golang.org/x/oauth2 v0.27.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.40.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace (
	github.com/gosessionkit/sessionkit/adapters/fiber/compat => ../../adapters/fiber/compat
	github.com/gosessionkit/sessionkit/adapters/fiberv3/compat => ../../adapters/fiberv3/compat
	github.com/gosessionkit/sessionkit/adapters/gorilla => ../../adapters/gorilla
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp => ../../adapters/internal/fasthttp
	github.com/gosessionkit/sessionkit/adapters/scs => ../../adapters/scs
	github.com/gosessionkit/sessionkit/core => ../../core
	github.com/gosessionkit/sessionkit/debug => ../../debug
	github.com/gosessionkit/sessionkit/stores => ../../stores
)
