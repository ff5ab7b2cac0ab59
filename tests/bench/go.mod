module github.com/gosessionkit/sessionkit/tests/bench

go 1.26.0

require (
	github.com/alexedwards/scs/goredisstore v0.0.0-20250212122300-421ef1d8611c
	github.com/alexedwards/scs/v2 v2.9.0
	github.com/boj/redistore v1.4.1
	github.com/go-chi/chi/v5 v5.5.0
	github.com/gofiber/fiber/v2 v2.52.15
	github.com/gofiber/storage/redis/v3 v3.4.3
	github.com/gorilla/sessions v1.4.0
	github.com/gosessionkit/sessionkit/adapters/chi v0.1.0
	github.com/gosessionkit/sessionkit/adapters/echo v0.1.0
	github.com/gosessionkit/sessionkit/adapters/echov5 v0.1.0
	github.com/gosessionkit/sessionkit/adapters/fiber v0.1.0
	github.com/gosessionkit/sessionkit/adapters/fiber/compat v0.1.0
	github.com/gosessionkit/sessionkit/adapters/gorilla v0.1.0
	github.com/gosessionkit/sessionkit/adapters/scs v0.1.0
	github.com/gosessionkit/sessionkit/core v0.1.0
	github.com/gosessionkit/sessionkit/debug/promsession v0.1.0
	github.com/gosessionkit/sessionkit/stores v0.1.0
	github.com/labstack/echo-contrib v0.50.1
	github.com/labstack/echo/v4 v4.16.0
	github.com/labstack/echo/v5 v5.4.5
	github.com/prometheus/client_golang v1.25.0
	github.com/redis/go-redis/v9 v9.23.0
	github.com/valyala/fasthttp v1.73.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/bytedance/gopkg v0.1.3 // indirect
	github.com/bytedance/sonic v1.15.0 // indirect
	github.com/bytedance/sonic/loader v0.5.0 // indirect
	github.com/cloudwego/base64x v0.1.6 // indirect
	github.com/gabriel-vasile/mimetype v1.4.12 // indirect
	github.com/gin-contrib/sse v1.1.0 // indirect
	github.com/go-playground/locales v0.14.1 // indirect
	github.com/go-playground/universal-translator v0.18.1 // indirect
	github.com/go-playground/validator/v10 v10.30.1 // indirect
	github.com/goccy/go-json v0.10.5 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/klauspost/cpuid/v2 v2.4.0 // indirect
	github.com/leodido/go-urn v1.4.0 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/pelletier/go-toml/v2 v2.2.4 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/quic-go/qpack v0.6.0 // indirect
	github.com/quic-go/quic-go v0.59.0 // indirect
	github.com/twitchyliquid64/golang-asm v0.15.1 // indirect
	github.com/ugorji/go/codec v1.3.1 // indirect
	go.mongodb.org/mongo-driver/v2 v2.5.0 // indirect
	golang.org/x/arch v0.22.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

require (
	github.com/andybalholm/brotli v1.2.2 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/gin-contrib/sessions v1.0.4
	github.com/gin-gonic/gin v1.12.0
	github.com/gofiber/schema v1.8.3 // indirect
	github.com/gofiber/utils/v2 v2.4.1 // indirect
	github.com/philhofer/fwd v1.2.0 // indirect
	github.com/tinylib/msgp v1.6.4 // indirect
)

require (
	github.com/gofiber/fiber/v3 v3.5.0
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/gomodule/redigo v1.9.3 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/context v1.1.2 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/gosessionkit/sessionkit/adapters/fiberv3 v0.1.0
	github.com/gosessionkit/sessionkit/adapters/gin v0.1.0
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp v0.1.0 // indirect
	github.com/gosessionkit/sessionkit/debug v0.1.0 // indirect
	github.com/klauspost/compress v1.20.1 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mattn/go-runewidth v0.0.16 // indirect
	github.com/peterbourgon/ff/v3 v3.4.0 // indirect
	github.com/rivo/uniseg v0.2.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/crypto v0.57.0 // indirect
	golang.org/x/net v0.59.0 // indirect
	golang.org/x/text v0.42.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace (
	github.com/gosessionkit/sessionkit/adapters/chi => ../../adapters/chi
	github.com/gosessionkit/sessionkit/adapters/echo => ../../adapters/echo
	github.com/gosessionkit/sessionkit/adapters/echov5 => ../../adapters/echov5
	github.com/gosessionkit/sessionkit/adapters/fiber => ../../adapters/fiber
	github.com/gosessionkit/sessionkit/adapters/fiber/compat => ../../adapters/fiber/compat
	github.com/gosessionkit/sessionkit/adapters/fiberv3 => ../../adapters/fiberv3
	github.com/gosessionkit/sessionkit/adapters/gorilla => ../../adapters/gorilla
	github.com/gosessionkit/sessionkit/adapters/internal/fasthttp => ../../adapters/internal/fasthttp
	github.com/gosessionkit/sessionkit/adapters/scs => ../../adapters/scs
	github.com/gosessionkit/sessionkit/core => ../../core
	github.com/gosessionkit/sessionkit/debug => ../../debug
	github.com/gosessionkit/sessionkit/debug/promsession => ../../debug/promsession
	github.com/gosessionkit/sessionkit/stores => ../../stores
)

replace github.com/gosessionkit/sessionkit/adapters/gin => ../../adapters/gin
