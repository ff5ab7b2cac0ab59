package redis

import (
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
)

// answer is what a server says no with.
type answer string

func (a answer) Error() string { return string(a) }
func (answer) RedisError()     {}

// Valkey 8.0.1, and Redis 7.2 in part, say some things in other words than Redis 7.0.
func TestOtherWords(t *testing.T) {
	t.Parallel()
	said := answerOf(answer("ERR ACL failure in script: User kit has no permissions to run the 'set' command script: 0b4f, on @user_script:3."))
	if !strings.Contains(said.Advice, "lacks a right") || !strings.HasSuffix(said.Error(), "the 'set' command") {
		t.Errorf("a script without a right: %v, %q", said, said.Advice)
	}
	for name, mode := range map[string]string{"redis_mode": "standalone", "server_mode": "cluster"} {
		in := check.Inspection{Facts: map[string]string{}, Unchecked: map[string]string{}}
		addInfo(in, goredis.NewStringResult("# Server\r\n"+name+":"+mode+"\r\n", nil))
		if in.Facts["mode"] != mode {
			t.Errorf("%s:%s is the mode %q", name, mode, in.Facts["mode"])
		}
	}
}
