package main

import (
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	"github.com/gosessionkit/sessionkit/core/session"
)

func serve(t *testing.T, sessions *session.Manager) string {
	e, err := newApp(sessions)
	if err != nil {
		t.Fatal(err)
	}
	e.Renderer = &echo.TemplateRenderer{Template: view}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	return srv.URL
}
