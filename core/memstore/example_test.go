package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// A store for ten sessions in 1 MiB. What does not fit is refused, and nothing
// that is stored is thrown out; the last tenth is for who logs in.
func ExampleNew() {
	ctx, now := context.Background(), time.Now()
	store := memstore.New(10, memstore.WithBytes(1<<20))
	defer store.Close()
	for n := range 11 {
		record := &driver.Record{Created: now, Expires: now.Add(time.Hour), Deadline: now.Add(time.Hour)}
		if n == 10 {
			record.User = "ada"
		}
		if err := store.Save(ctx, driver.ID{byte(n)}, record); err != nil {
			fmt.Println(n, errors.Is(err, driver.ErrStoreFull))
		}
	}
	fmt.Println(store.Count(ctx))
	// Output:
	// 9 true
	// 10 true <nil>
}
