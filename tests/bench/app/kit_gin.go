package app

import (
	"net/http"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
)

func openKitGin(st Storage) (*App, error) {
	sessions, err := openKit(st)
	if err != nil {
		return nil, err
	}
	e := newGin()
	if err := ginsession.Install(e, sessions, nil); err != nil {
		return nil, err
	}
	e.GET("/plain", ginPlain)
	for _, route := range kit.routes() {
		e.GET(route.path, func(c *gin.Context) {
			s, err := ginsession.Get(c)
			if err != nil {
				ginsession.Error(c, err)
				return
			}
			text, err := route.work(kitVisit{s, c.Request.Context()})
			ginAnswer(c, text, err)
		})
	}
	return &App{HTTP: e, Store: sessions.Store(), close: sessions.Close}, nil
}

func newGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

func ginPlain(c *gin.Context) { ginAnswer(c, "ok", nil) }

func ginAnswer(c *gin.Context, text string, err error) {
	if err != nil {
		c.AbortWithError(http.StatusInternalServerError, err)
		return
	}
	c.String(http.StatusOK, text)
}
