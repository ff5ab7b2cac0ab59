package gorilla_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"testing"
	"time"

	"github.com/gorilla/securecookie"
	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/adapters/gorilla"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// What redistore has left in Redis, as it writes it.
func TestRedistoreSessions(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	defer client.Close()
	ctx := context.Background()
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(map[any]any{"user": "ada", 5: int64(7)}); err != nil {
		t.Fatal(err)
	}
	const id = "OLDSESSIONID234567"
	if err := client.Set(ctx, "shop_"+id, data.Bytes(), time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	cookie, err := securecookie.EncodeMulti("app", id, securecookie.CodecsFromPairs(key)...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := gorilla.NewRediStore(10, "tcp", server.Addr, "", "", key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.SetKeyPrefix("shop_")
	s.Configure = func(cfg *config.Config) { cfg.Mode, cfg.Store = config.Test, config.StoreRedis }
	b := newBrowser(t)
	b.cookies["app"] = cookie
	before := b.copied()
	b.want(s, "user", "ada")
	b.put(s, "color", "red")
	b.want(s, 5, int64(7))
	if n := client.Exists(ctx, "shop_"+id).Val(); n != 0 {
		t.Error("the old session is still there")
	}
	before.want(s, "user", "ada") // whoever still has the old cookie has the same session
	if err := b.end(s); err != nil {
		t.Fatal(err)
	}
	before.want(s, "user", nil)
}
