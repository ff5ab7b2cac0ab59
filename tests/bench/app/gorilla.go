package app

import (
	"net/http"
	"strconv"

	"github.com/boj/redistore"
	"github.com/gorilla/sessions"
	gorillaecho "github.com/labstack/echo-contrib/session"
	"github.com/labstack/echo/v4"

	kitgorilla "github.com/gosessionkit/sessionkit/adapters/gorilla"
)

var gorilla = library[*sessions.Session]{
	get: func(s *sessions.Session, key string) (string, error) {
		text, _ := s.Values[key].(string)
		return text, nil
	},
	set: func(s *sessions.Session, key, value string) error {
		s.Values[key] = value
		return nil
	},
	number: func(s *sessions.Session) (int, error) {
		n, _ := s.Values["count"].(int)
		return n, nil
	},
	increment: func(s *sessions.Session) error {
		n, _ := s.Values["count"].(int)
		s.Values["count"] = n + 1
		return nil
	},
	login: func(s *sessions.Session, user string) error {
		s.Values["user"] = user
		return nil
	},
	logout: func(s *sessions.Session) error {
		s.Options.MaxAge = -1
		return nil
	},
	user: func(s *sessions.Session) (string, error) {
		text, _ := s.Values["user"].(string)
		return text, nil
	},
}

// openGorilla is gorilla/sessions by way of labstack/echo-contrib/session: in
// Redis with boj/redistore, otherwise in the cookie itself, for there is no
// memory store.
func openGorilla(st Storage) (*App, error) {
	var store sessions.Store
	closeRedis := func() error { return nil }
	if st.Redis == "" {
		store = sessions.NewCookieStore([]byte(secret), []byte(secret))
	} else {
		// As many idle connections as there are ever clients here: with fewer
		// it would dial again and again.
		const idle = 64
		inRedis, err := redistore.NewRediStoreWithDB(idle, "tcp", st.Redis, "", "", strconv.Itoa(st.DB), []byte(secret))
		if err != nil {
			return nil, err
		}
		store, closeRedis = inRedis, inRedis.Close
	}
	return &App{HTTP: gorillaApp(store), close: closeRedis}, nil
}

// openKitGorilla is the same app on the kit in the shape of a store of gorilla's.
func openKitGorilla(st Storage) (*App, error) {
	store := kitgorilla.NewStore([]byte(secret))
	store.Configure = shape(st)
	return &App{HTTP: gorillaApp(store), close: store.Close}, nil
}

func gorillaApp(store sessions.Store) http.Handler {
	e := echo.New()
	e.Use(gorillaecho.Middleware(store))
	e.GET("/plain", echoPlain)
	for _, route := range gorilla.routes() {
		e.GET(route.path, func(c echo.Context) error {
			s, err := gorillaecho.Get("session", c)
			if err != nil {
				return err
			}
			text, err := route.work(s)
			if err == nil && route.ends != leaves {
				err = s.Save(c.Request(), c.Response())
			}
			if err != nil {
				return err
			}
			return c.String(http.StatusOK, text)
		})
	}
	return e
}
