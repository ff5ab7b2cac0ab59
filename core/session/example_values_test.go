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

		if err := session.Set(s, "name", "Ada"); err != nil {
			return err
		}
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
		if err := session.Set(s, "volume", 0); err != nil {
			return err
		}
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
