package redis_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/stores/redis"
)

// Redis is asked once at the start. One that does not answer is an error then,
// which names the address and no password.
func ExampleOpen() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := redis.Open(ctx, "redis://shop:hunter2@127.0.0.1:1/0", redis.WithPrefix("shop:"))
	if failed, ok := errors.AsType[*redis.OpenError](err); ok {
		fmt.Println("no Redis at", failed.Address)
	}
	// Output: no Redis at 127.0.0.1:1
}

// An app that has a client already shares it. Close leaves it open.
func ExampleNew() {
	client := goredis.NewClient(&goredis.Options{Addr: "localhost:6379"})
	defer client.Close()
	store := redis.New(client, redis.WithPrefix("shop:session:"))
	fmt.Println(store.Describe().Kind, store.Close())
	// Output: redis <nil>
}
