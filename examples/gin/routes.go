package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/examples/internal/input"
)

// newApp is the whole app but for its processes, as its tests have it too.
func newApp(sessions *session.Manager) (*gin.Engine, error) {
	r := gin.New()
	if err := r.SetTrustedProxies(nil); err != nil { // no proxy is believed who the client is
		return nil, err
	}
	r.Use(sameOrigin()) // another site's page must not press our buttons
	if err := ginsession.Install(r, sessions, debug.New(sessions), ginsession.WithErrorHandler(onError)); err != nil {
		return nil, err
	}
	a := app{sessions}
	r.GET("/", ginsession.Handler(a.page))
	r.GET("/plain", a.plain)
	r.GET("/me", ginsession.Handler(a.me))
	r.POST("/login", ginsession.Handler(a.login))
	r.POST("/logout", ginsession.Handler(a.logout))
	r.POST("/logout-everywhere", ginsession.Handler(a.logoutEverywhere))
	r.POST("/logout-others", ginsession.RequireUser(ginsession.Handler(a.denied)), ginsession.Handler(a.logoutOthers))
	r.POST("/logout-device", ginsession.RequireUser(ginsession.Handler(a.denied)), ginsession.Handler(a.logoutDevice))
	r.POST("/count", ginsession.Handler(a.count))
	r.POST("/items", ginsession.Handler(a.putItem))
	r.GET("/items/*key", ginsession.Handler(a.getItem))
	r.POST("/slow-items", ginsession.Handler(a.putItemSlowly))
	r.GET("/stream", ginsession.Handler(a.stream))
	r.GET("/private", ginsession.RequireUser(ginsession.Handler(a.denied)), ginsession.Handler(a.private))
	return r, nil
}

func sameOrigin() gin.HandlerFunc {
	origins := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if origins.Check(c.Request) != nil {
			c.AbortWithStatus(http.StatusForbidden)
		}
	}
}

// onError answers a visitor's mistake, and leaves other errors to the kit: those
// of the session have their status already.
func onError(c *gin.Context, err error) {
	if text, ok := input.Mistake(err); ok {
		c.String(http.StatusBadRequest, "%s\n", text)
		return
	}
	ginsession.Error(c, err)
}
