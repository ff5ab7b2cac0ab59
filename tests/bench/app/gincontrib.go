package app

import (
	"strconv"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-contrib/sessions/redis"
	"github.com/gin-gonic/gin"
)

var ginContrib = library[sessions.Session]{
	get: func(s sessions.Session, key string) (string, error) {
		text, _ := s.Get(key).(string)
		return text, nil
	},
	set: func(s sessions.Session, key, value string) error {
		s.Set(key, value)
		return nil
	},
	number: func(s sessions.Session) (int, error) {
		n, _ := s.Get("count").(int)
		return n, nil
	},
	increment: func(s sessions.Session) error {
		n, _ := s.Get("count").(int)
		s.Set("count", n+1)
		return nil
	},
	login: func(s sessions.Session, user string) error {
		s.Set("user", user)
		return nil
	},
	logout: func(s sessions.Session) error {
		s.Options(sessions.Options{MaxAge: -1})
		return nil
	},
	user: func(s sessions.Session) (string, error) {
		text, _ := s.Get("user").(string)
		return text, nil
	},
}

// openGinContrib is gin-contrib/sessions, which is gorilla/sessions underneath: in
// Redis with its store on boj/redistore, otherwise in the cookie itself.
func openGinContrib(st Storage) (*App, error) {
	var store sessions.Store = cookie.NewStore([]byte(secret), []byte(secret))
	closeRedis := func() error { return nil }
	if st.Redis != "" {
		const idle = 64 // see openGorilla
		inRedis, err := redis.NewStoreWithDB(idle, "tcp", st.Redis, "", "", strconv.Itoa(st.DB), []byte(secret))
		if err != nil {
			return nil, err
		}
		below, err := redis.GetRedisStore(inRedis)
		if err != nil {
			return nil, err
		}
		store, closeRedis = inRedis, below.Close
	}
	e := newGin()
	e.Use(sessions.Sessions("session", store))
	e.GET("/plain", ginPlain)
	for _, route := range ginContrib.routes() {
		e.GET(route.path, func(c *gin.Context) {
			s := sessions.Default(c)
			text, err := route.work(s)
			if err == nil && route.ends != leaves {
				err = s.Save()
			}
			ginAnswer(c, text, err)
		})
	}
	return &App{HTTP: e, close: closeRedis}, nil
}
