package main

import (
	"io"
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/gosessionkit/sessionkit/core/session"
)

type views struct{}

func (views) Load() error { return nil }

func (views) Render(w io.Writer, name string, data any, _ ...string) error {
	return view.ExecuteTemplate(w, name, data)
}

func serve(t *testing.T, sessions *session.Manager) string {
	app, err := newApp(sessions, views{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		app.Shutdown()
		<-ended
	})
	return "http://" + l.Addr().String()
}
