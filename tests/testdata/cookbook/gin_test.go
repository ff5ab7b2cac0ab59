package main

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gosessionkit/sessionkit/core/session"
)

func serve(t *testing.T, sessions *session.Manager) string {
	gin.SetMode(gin.ReleaseMode)
	r, err := newApp(sessions)
	if err != nil {
		t.Fatal(err)
	}
	r.SetHTMLTemplate(view)
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	return srv.URL
}
