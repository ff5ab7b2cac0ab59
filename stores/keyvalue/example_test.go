package keyvalue_test

import (
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/stores/keyvalue"
)

// A storage in the store of the sessions, sessions.Store() in an app.
func Example() {
	store := memstore.New(0)
	defer store.Close()

	hits := keyvalue.New(store, "limiter")
	if err := hits.Set("192.0.2.7", []byte("3"), time.Minute); err != nil {
		fmt.Println(err)
	}
	value, err := hits.Get("192.0.2.7")
	fmt.Println(string(value), err)
	// Output: 3 <nil>
}
