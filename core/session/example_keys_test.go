package session_test

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

func ExampleSession_Has() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "cart", []string{"tea"}); err != nil {
			return err
		}
		fmt.Println(s.Has("cart"), s.Has("coupon"))
		return nil
	})
	// Output: true false
}

func ExampleSession_Keys() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
		if err := session.Set(s, "cart", []string{"tea"}); err != nil {
			return err
		}
		fmt.Println(s.Keys())
		return nil
	})
	// Output: [cart name]
}

// The values as they will be stored.
func ExampleSession_Values() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
		if err := session.Set(s, "cart", []string{"tea"}); err != nil {
			return err
		}
		var values session.Values = s.Values()
		for key, raw := range values.All() {
			fmt.Println(key, raw)
		}
		return nil
	})
	// Output:
	// name "Ada"
	// cart ["tea"]
}

func ExampleSession_Delete() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
		if err := session.Set(s, "cart", []string{"tea"}); err != nil {
			return err
		}
		err := s.Delete("cart", "coupon") // "coupon" is not there, which is no error
		fmt.Println(s.Keys())
		return err
	})
	// Output: [name]
}

// Clear removes all values. Who is logged in stays so.
func ExampleSession_Clear() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "cart", []string{"tea"}); err != nil {
			return err
		}
		err := s.Clear()
		fmt.Println(len(s.Keys()))
		return err
	})
	// Output: 0
}
