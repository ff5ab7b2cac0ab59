package untyped_test

import (
	"context"
	"fmt"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/untyped"
)

// A bag gives back the types that were put, and keeps what others have changed.
func Example() {
	ctx := context.Background()
	sessions, err := session.NewManager(ctx, config.Config{Mode: config.Test}, memstore.New(0), session.WithCodec(untyped.KeepTypes))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sessions.Close()
	request := func(cookie string) *untyped.Bag {
		s, err := new(session.Exchange).Load(ctx, sessions, cookie)
		if err != nil {
			panic(err)
		}
		return untyped.NewBag(s)
	}

	first := request("")
	first.Put("visits", 1)
	first.Put("id", int64(7))
	fmt.Println(first.Save())
	cookie := first.Session().Cookie().Value

	one, two := request(cookie), request(cookie) // at a time
	for _, b := range []*untyped.Bag{one, two} {
		n, _, _ := b.Get("visits")
		b.Put("visits", n.(int)+1)
		fmt.Println(b.Save())
	}
	last := request(cookie)
	visits, _, _ := last.Get("visits")
	id, _, _ := last.Get("id")
	fmt.Printf("%v visits, id %T\n", visits, id)
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// 3 visits, id int64
}
