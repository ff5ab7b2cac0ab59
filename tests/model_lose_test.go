package tests

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// loseFolder removes the file store's index of users.
func loseFolder(t *testing.T, dir string) {
	t.Helper()
	users, err := filepath.Glob(filepath.Join(dir, "users", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range users {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
}

// loseKeys removes the Redis store's.
func loseKeys(server *redistest.Server, prefix string) {
	users, _ := server.Do("KEYS", prefix+"user:*").([]any)
	for _, key := range users {
		server.Do("DEL", key.(string))
	}
}
