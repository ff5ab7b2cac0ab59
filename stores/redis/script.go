package redis

import (
	"context"
	"crypto/sha1"
	"encoding/hex"

	goredis "github.com/redis/go-redis/v9"
)

// script is a Lua program that Redis runs in one step.
type script struct {
	source string
	sha    string // Redis knows a script by its SHA-1
}

func newScript(source string) *script {
	sum := sha1.Sum([]byte(source))
	return &script{source: source, sha: hex.EncodeToString(sum[:])}
}

// run calls a script by its hash, and sends its text when Redis does not have
// it: the first time, after a restart, after SCRIPT FLUSH. args are the keys
// and then the arguments. The client may retry it.
func (s *Store) run(ctx context.Context, sc *script, keys int, args ...any) (any, error) {
	return s.runScript(ctx, sc, keys, args, true)
}

// runOnce is run without retries by the client, for scripts that must not run
// twice unnoticed, and with WithWait.
func (s *Store) runOnce(ctx context.Context, sc *script, keys int, args ...any) (any, error) {
	return s.runScript(ctx, sc, keys, args, false)
}

func (s *Store) runScript(ctx context.Context, sc *script, keys int, args []any, retry bool) (any, error) {
	all := make([]any, 0, 3+len(args))
	all = append(append(all, "evalsha", sc.sha, keys), args...)
	for {
		cmd := goredis.NewCmd(ctx, all...)
		cmd.SetFirstKeyPos(3)
		var err error
		if retry {
			err = s.process(ctx, cmd)
		} else {
			err = s.processOnce(ctx, cmd, args[0].(string))
		}
		if err != nil && all[0] == "evalsha" && goredis.HasErrorPrefix(err, "NOSCRIPT") {
			all[0], all[1] = "eval", sc.source
			continue
		}
		return cmd.Val(), err
	}
}

// loadScripts has the server know the scripts of the request path beforehand, so
// that the first call of each is one command too. A server that refuses is
// scriptsLoaded by run, script by script.
func (s *Store) loadScripts(ctx context.Context) {
	if s.scriptsLoaded.Swap(true) {
		return
	}
	for _, sc := range []*script{createScript, saveScript, saveOwnedScript, removeScript, deleteScript, touchScript} {
		if s.client.ScriptLoad(ctx, sc.source).Err() != nil {
			return
		}
	}
}

// noRetryCmd is a command that the client must not send a second time by itself
// when the answer to the first was lost.
type noRetryCmd struct{ *goredis.Cmd }

func (noRetryCmd) NoRetry() bool { return true }

// process sends a command that the client may send again by itself.
func (s *Store) process(ctx context.Context, cmd goredis.Cmder) error {
	if !s.oneNode {
		return s.client.Process(ctx, cmd)
	}
	return s.repeatable.process(ctx, s.client, cmd)
}

// processOnce sends a change of the key, and has the replicas acknowledge it
// where that is asked for.
func (s *Store) processOnce(ctx context.Context, cmd *goredis.Cmd, key string) error {
	switch {
	case s.wait > 0:
		return s.processAndWait(ctx, cmd, key)
	case !s.oneNode:
		return s.client.Process(ctx, noRetryCmd{cmd})
	}
	return s.unrepeatable.process(ctx, s.client, noRetryCmd{cmd})
}
