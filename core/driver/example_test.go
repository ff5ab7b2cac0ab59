package driver_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// Two workers have loaded the same record. The second save hears that the first
// was faster, and gets its record.
func ExampleStore() {
	ctx, id, now := context.Background(), driver.ID{1}, time.Now()
	var store driver.Store = memstore.New(0)
	defer store.Close()
	record := &driver.Record{Created: now, Expires: now.Add(time.Hour), Deadline: now.Add(time.Hour)}
	if err := store.Save(ctx, id, record); err != nil { // revision 0 creates
		fmt.Println(err)
		return
	}
	one, two := record.Clone(), record.Clone()
	one.Values = one.Values.With("n", []byte("1"))
	two.Values = two.Values.With("n", []byte("2"))
	fmt.Println(store.Save(ctx, id, one))
	err := store.Save(ctx, id, two)
	if conflict, ok := errors.AsType[*driver.ConflictError](err); ok {
		fmt.Println("stored is", conflict.Current.Values.JSON())
	}
	// Output:
	// <nil>
	// stored is {"n":1}
}

// What a store writes is one line of JSON, and is read in any order.
func ExampleParseRecord() {
	text := `{"rev":7,"exp":1732406400000,"end":1732492800000,"iat":1732406400000,"user":"ada","data":{"count":3}}`
	record, err := driver.ParseRecord(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	count, _ := record.Values.Get("count")
	fmt.Println(record.User, record.Revision, count)
	fmt.Println(string(record.AppendJSON(nil)) == text)
	// Output:
	// ada 7 3
	// true
}

// The ID of a log line, or of a form, is read again.
func ExampleParseID() {
	id, err := driver.ParseID("AQAAAAAAAAAAAAAAAAAAAA")
	fmt.Println(id.Short(), id.Hex(), err)
	// Output: AQAAAAAA 01000000000000000000000000000000 <nil>
}
