package promsession_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug/promsession"
)

func ExampleNewCollector() {
	sessions, err := session.NewManager(context.Background(), config.Config{Mode: config.Test}, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		panic(err)
	}
	defer sessions.Close()
	registry := prometheus.NewRegistry() // or prometheus.DefaultRegisterer
	registry.MustRegister(promsession.NewCollector(sessions))
	families, err := registry.Gather()
	fmt.Println(families[0].GetName(), err)
	// Output: sessionkit_build_info <nil>
}
