package session_test

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

func ExampleGet() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		name, err := session.Get[string](s, "name") // nothing is there yet
		fmt.Printf("%q %v\n", name, err)

		session.Set(s, "name", "Ada")
		name, err = session.Get[string](s, "name")
		fmt.Printf("%q %v\n", name, err)

		_, err = session.Get[int](s, "name")
		fmt.Println(err)
		return nil
	})
	// Output:
	// "" <nil>
	// "Ada" <nil>
	// session: cannot decode key "name" as int: json: cannot unmarshal string into Go value of type int
}

// Lookup tells a key that is missing from one that holds the zero value.
func ExampleLookup() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		session.Set(s, "volume", 0)
		for _, key := range []string{"volume", "brightness"} {
			n, ok, err := session.Lookup[int](s, key)
			fmt.Println(key, n, ok, err)
		}
		return nil
	})
	// Output:
	// volume 0 true <nil>
	// brightness 0 false <nil>
}

// What one request puts into the session the next one finds there.
func ExampleSet() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		return session.Set(s, "language", "en")
	})
	ada.Visit(func(s *session.Session) error {
		language, err := session.Get[string](s, "language")
		fmt.Println(language)
		return err
	})
	// Output: en
}

// A struct is stored as JSON: its exported fields, under the names of their tags.
func ExampleSet_struct() {
	type Item struct {
		Name     string `json:"name"`
		Quantity int    `json:"quantity"`
	}
	type Cart struct {
		Items []Item `json:"items"`
	}
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		return session.Set(s, "cart", Cart{Items: []Item{{"tea", 2}}})
	})
	ada.Visit(func(s *session.Session) error {
		cart, err := session.Get[Cart](s, "cart")
		fmt.Printf("%+v\n", cart)
		return err
	})
	// Output: {Items:[{Name:tea Quantity:2}]}
}

// A one-time code is given out once, however often the form is sent.
func ExampleSetIfAbsent() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	for _, code := range []string{"first", "second"} {
		ada.Visit(func(s *session.Session) error {
			stored, err := session.SetIfAbsent(s, "code", code)
			fmt.Println(code, stored)
			return err
		})
	}
	// Output:
	// first true
	// second false
}

// A counter that several requests of one visitor raise at a time loses nothing:
// the function gets the value that is stored.
func ExampleUpdate() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	for range 3 {
		ada.Visit(func(s *session.Session) error {
			visits, err := session.Update(s, "visits", func(n int) (int, error) { return n + 1, nil })
			fmt.Println(visits)
			return err
		})
	}
	// Output:
	// 1
	// 2
	// 3
}

// The state of an OAuth flow is used once: the second request with it finds
// nothing.
func ExamplePop() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		return session.Set(s, "oauth_state", "x7dQ")
	})
	for range 2 {
		ada.Visit(func(s *session.Session) error {
			state, err := session.Pop[string](s, "oauth_state")
			fmt.Printf("%q\n", state)
			return err
		})
	}
	// Output:
	// "x7dQ"
	// ""
}

func ExampleSession_Has() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		session.Set(s, "cart", []string{"tea"})
		fmt.Println(s.Has("cart"), s.Has("coupon"))
		return nil
	})
	// Output: true false
}

func ExampleSession_Keys() {
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		session.Set(s, "name", "Ada")
		session.Set(s, "cart", []string{"tea"})
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
		session.Set(s, "name", "Ada")
		session.Set(s, "cart", []string{"tea"})
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
		session.Set(s, "name", "Ada")
		session.Set(s, "cart", []string{"tea"})
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
		session.Set(s, "cart", []string{"tea"})
		err := s.Clear()
		fmt.Println(len(s.Keys()))
		return err
	})
	// Output: 0
}

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
		s.Flash("error", "The card was refused.")
		s.Flash("info", "Your cart is kept.")
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
