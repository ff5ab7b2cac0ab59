package stores_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores"
)

// Without a Redis URL sessions are in files.
func ExampleOpen() {
	parent, err := os.MkdirTemp("", "shop-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)

	cfg := config.Config{Mode: config.Development, Dir: filepath.Join(parent, "sessions")} // or from config.Parse
	store, err := stores.Open(context.Background(), cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	if d, ok := store.(driver.Describer); ok {
		fmt.Println(d.Describe().Kind)
	}
	// Output: file
}
