package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// limit is no session library at all: the Redis commands that a session
// cannot do without, one to read and a second one to write, and nothing
// decoded. What is faster does less.
type limit struct {
	client *redis.Client
	text   string // what is stored: ten keys as JSON
}

func openLimit(st Storage) *limit {
	values := map[string]string{}
	for _, p := range ten {
		values[p.key] = p.value
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings can be encoded
	}
	l := &limit{text: fmt.Sprintf(`{"rev":1,"exp":1732406400000,"end":1732492800000,"iat":1732406400000,"data":%s}`, text)}
	if st.Redis != "" {
		l.client = newClient(st)
	}
	return l
}

func (l *limit) close() error {
	if l.client == nil {
		return nil
	}
	return l.client.Close()
}

// Lifetime is how long sessions last with the defaults of most libraries.
const Lifetime = 24 * time.Hour

func (l *limit) read(ctx context.Context, cookie string) error {
	return l.client.Get(ctx, "session:"+strings.TrimPrefix(cookie, "session=")).Err()
}

func (l *limit) write(ctx context.Context, cookie string) error {
	key := "session:" + strings.TrimPrefix(cookie, "session=")
	if err := l.client.Get(ctx, key).Err(); err != nil {
		return err
	}
	return l.client.Set(ctx, key, l.text, Lifetime).Err()
}

// fill returns the cookie of a new key.
func (l *limit) fill(ctx context.Context) (cookie string, err error) {
	var id [16]byte
	rand.Read(id[:])
	name := base64.RawURLEncoding.EncodeToString(id[:])
	return "session=" + name, l.client.Set(ctx, "session:"+name, l.text, Lifetime).Err()
}

func openLimitNetHTTP(st Storage) (*App, error) {
	l := openLimit(st)
	mux := http.NewServeMux()
	l.handle(func(path string, h http.HandlerFunc) { mux.HandleFunc(path, h) })
	return &App{HTTP: mux, close: l.close}, nil
}

func openLimitChi(st Storage) (*App, error) {
	l := openLimit(st)
	r := chi.NewRouter()
	l.handle(r.Get)
	return &App{HTTP: r, close: l.close}, nil
}

func (l *limit) handle(get func(path string, h http.HandlerFunc)) {
	get("/plain", plain)
	get("/read", func(w http.ResponseWriter, r *http.Request) {
		answer(w, "ok", l.read(r.Context(), r.Header.Get("Cookie")))
	})
	get("/write", func(w http.ResponseWriter, r *http.Request) {
		answer(w, "ok", l.write(r.Context(), r.Header.Get("Cookie")))
	})
	get("/fill", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := l.fill(r.Context())
		w.Header().Set("Set-Cookie", cookie)
		answer(w, "ok", err)
	})
}

func openLimitEcho(st Storage) (*App, error) {
	l := openLimit(st)
	e := echo.New()
	get := func(path string, work func(ctx context.Context, cookie string) error) {
		e.GET(path, func(c echo.Context) error {
			if err := work(c.Request().Context(), c.Request().Header.Get("Cookie")); err != nil {
				return err
			}
			return c.String(http.StatusOK, "ok")
		})
	}
	e.GET("/plain", echoPlain)
	get("/read", l.read)
	get("/write", l.write)
	e.GET("/fill", func(c echo.Context) error {
		cookie, err := l.fill(c.Request().Context())
		if err != nil {
			return err
		}
		c.Response().Header().Set("Set-Cookie", cookie)
		return c.String(http.StatusOK, "ok")
	})
	return &App{HTTP: e, close: l.close}, nil
}

func openLimitGin(st Storage) (*App, error) {
	l := openLimit(st)
	e := newGin()
	get := func(path string, work func(ctx context.Context, cookie string) error) {
		e.GET(path, func(c *gin.Context) {
			ginAnswer(c, "ok", work(c.Request.Context(), c.GetHeader("Cookie")))
		})
	}
	e.GET("/plain", ginPlain)
	get("/read", l.read)
	get("/write", l.write)
	e.GET("/fill", func(c *gin.Context) {
		cookie, err := l.fill(c.Request.Context())
		c.Header("Set-Cookie", cookie)
		ginAnswer(c, "ok", err)
	})
	return &App{HTTP: e, close: l.close}, nil
}

func openLimitFiber(st Storage) (*App, error) {
	l := openLimit(st)
	app := newFiber()
	get := func(path string, work func(ctx context.Context, cookie string) error) {
		app.Get(path, func(c *fiber.Ctx) error {
			if err := work(c.Context(), c.Get("Cookie")); err != nil {
				return err
			}
			return c.SendString("ok")
		})
	}
	app.Get("/plain", fiberPlain)
	get("/read", l.read)
	get("/write", l.write)
	app.Get("/fill", func(c *fiber.Ctx) error {
		cookie, err := l.fill(c.Context())
		if err != nil {
			return err
		}
		c.Set("Set-Cookie", cookie)
		return c.SendString("ok")
	})
	a := onFiber(app)
	a.close = l.close
	return a, nil
}

// newClient is go-redis with its defaults. Without the notifications, which
// no open source Redis knows, it is spared an error on each connection.
func newClient(st Storage) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr:                     st.Redis,
		DB:                       st.DB,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
}

func redisURL(st Storage) string { return fmt.Sprintf("redis://%s/%d", st.Redis, st.DB) }
