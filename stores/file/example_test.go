package file_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// Two workers of one machine open the same folder. What one saves the other
// loads.
func ExampleOpen() {
	parent, err := os.MkdirTemp("", "shop-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "sessions")

	one, err := file.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer one.Close()
	two, err := file.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer two.Close()

	ctx, id, now := context.Background(), driver.ID{1}, time.Now()
	err = one.Save(ctx, id, &driver.Record{
		Created:  now,
		Expires:  now.Add(time.Hour),
		Deadline: now.Add(24 * time.Hour),
		User:     "ada",
	})
	if err != nil {
		log.Fatal(err)
	}
	r, err := two.Load(ctx, id)
	fmt.Println(r.User, err)
	// Output: ada <nil>
}
