package tests

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/gosessionkit/sessionkit/adapters/chi/chisessiontest"
	"github.com/gosessionkit/sessionkit/adapters/echo/echosessiontest"
	echov5sessiontest "github.com/gosessionkit/sessionkit/adapters/echov5/echosessiontest"
	"github.com/gosessionkit/sessionkit/adapters/fiber/fibersessiontest"
	fiberv3test "github.com/gosessionkit/sessionkit/adapters/fiberv3/fibersessiontest"
	"github.com/gosessionkit/sessionkit/adapters/gin/ginsessiontest"
	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession/httpsessiontest"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// Every adapter on every store that is shared, of which the short run has one
// for each; each adapter's own tests run it on memory.
func TestEveryAdapterOnEveryStore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var prefixes atomic.Int64
	for storeName, open := range map[string]func(t testing.TB) driver.Store{
		"file": func(t testing.TB) driver.Store {
			store, err := file.Open(t.TempDir()+"/sessions", file.WithSweepInterval(-1))
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
		"redis": func(t testing.TB) driver.Store {
			store, err := redis.Open(t.Context(), server.URL(), redis.WithPrefix(fmt.Sprintf("a%d:", prefixes.Add(1))))
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
	} {
		for adapterName, serve := range map[string]adaptertest.Build{
			"net-http": httpsessiontest.Serve,
			"chi":      chisessiontest.Serve,
			"echo":     echosessiontest.Serve,
			"echov5":   echov5sessiontest.Serve,
			"fiber":    fibersessiontest.Serve,
			"gin":      ginsessiontest.Serve,
			"fiberv3":  fiberv3test.Serve,
		} {
			onFile := adapterName == "net-http" || adapterName == "fiber"
			if testing.Short() && onFile != (storeName == "file") {
				continue // make test-all
			}
			t.Run(adapterName+"/"+storeName, func(t *testing.T) {
				adaptertest.Run(t, serve, adaptertest.WithStore(open))
			})
		}
	}
}
