package event_test

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// An observer that counts, as metrics do. It is called by several goroutines at
// once in an app.
func Example() {
	count := map[event.Kind]int{}
	sessions := visitor.Sessions(session.WithObserver(func(_ context.Context, e event.Event) { count[e.Kind]++ }))
	defer sessions.Close()
	ada := visitor.New(sessions)
	for i := range 3 {
		ada.Visit(func(s *session.Session) error { return session.Set(s, "visits", i) })
	}
	fmt.Println(count[event.Created], "created,", count[event.Loaded], "loaded,", count[event.Saved], "saved")
	// Output: 1 created, 2 loaded, 2 saved
}
