package session_test

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

// A message of one request is shown by the next page, once.
func ExampleSession_Flash() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { // POST /profile
		return s.Flash("success", "Saved.")
	})
	for range 2 {
		ada.Visit(func(s *session.Session) error { // GET /profile
			messages, err := s.Flashes()
			fmt.Println(len(messages), "messages")
			for _, m := range messages {
				fmt.Println(m.Kind, m.Text)
			}
			return err
		})
	}
	// Output:
	// 1 messages
	// success Saved.
	// 0 messages
}

func ExampleSession_Flashes() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := s.Flash("error", "The card was refused."); err != nil {
			return err
		}
		if err := s.Flash("info", "Your cart is kept."); err != nil {
			return err
		}
		show := func(m session.Message) { fmt.Printf("<p class=%q>%s</p>\n", m.Kind, m.Text) }
		messages, err := s.Flashes()
		for _, m := range messages {
			show(m)
		}
		return err
	})
	// Output:
	// <p class="error">The card was refused.</p>
	// <p class="info">Your cart is kept.</p>
}
