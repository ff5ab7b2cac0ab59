package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/driver"
)

// begin is the first line of every operation: it says why there is no point
// in asking Redis.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed.Load() {
		return driver.ErrClosed
	}
	return nil
}

// fail turns what the client said into what the store says. No error of the
// client or the server holds a password.
func (s *Store) fail(ctx context.Context, op string, err error) error {
	if errors.Is(err, goredis.ErrClosed) {
		return driver.ErrClosed
	}
	if s.crowdedOut(err) {
		return fmt.Errorf("redis store: %s: %w", op, notSent{err})
	}
	if ctxErr := contextError(ctx, err); ctxErr != nil {
		if _, along := errors.AsType[sharedTimeout](err); along {
			ctxErr = sharedTimeout{ctxErr}
		}
		return fmt.Errorf("redis store: %s: %w", op, ctxErr)
	}
	refusal := answerOf(err)
	switch {
	case refusal == nil:
		return fmt.Errorf("redis store: %s: %w", op, err)
	case refusal.Advice == "":
		return fmt.Errorf("redis store: %s: %w", op, refusal)
	}
	return fmt.Errorf("redis store: %s: %w (%s)", op, refusal, refusal.Advice)
}

// contextError is the caller's own reason for an error, or nil. The client
// gives the socket the context's deadline, so the socket may time out a moment
// before the context does.
func contextError(ctx context.Context, err error) error {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) && timedOut(err) {
		return context.DeadlineExceeded
	}
	return nil
}

// crowdedOut reports whether a command has waited in vain for one of the
// client's connections, all of which were in use: it was not sent. Where they are in
// use because Redis is silent, those that were sent say so.
func (s *Store) crowdedOut(err error) bool {
	if errors.Is(err, goredis.ErrPoolTimeout) || errors.Is(err, goredis.ErrPoolExhausted) {
		return true
	}
	if along, ok := err.(sharedTimeout); ok {
		err = along.error
	}
	client, ok := s.client.(*goredis.Client)
	if !ok || err != context.DeadlineExceeded { // a socket's is not the context's own
		return false
	}
	stats := client.PoolStats()
	return int(stats.TotalConns)-int(stats.IdleConns) >= client.Options().PoolSize
}

// notSent is the error of a command that was not sent.
type notSent struct{ error }

func (e notSent) Unwrap() error { return e.error }

func (e notSent) Error() string {
	return "all connections of the client are in use (pool_size): " + e.error.Error()
}

// Counted tells the manager's breaker that Redis has not heard of it.
func (notSent) Counted() bool { return true }

func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// hints say what to do about what Redis answers, by what is in it.
var hints = []struct{ code, hint string }{
	{"LOADING", "Redis is still reading its data from disk; it answers when it is done"},
	{"READONLY", "this Redis is a replica: point the URL at the primary, or use redis+sentinel://"},
	{"MASTERDOWN", "this Redis is a replica that has lost its primary: point the URL at the primary"},
	{"OOM", "Redis is out of memory: raise maxmemory, or give sessions a Redis of their own"},
	{"MISCONF", "Redis cannot save to disk and refuses writes: see its log"},
	{"NOREPLICAS", "Redis refuses writes while it has fewer replicas than min-replicas-to-write"},
	{"NOAUTH", "Redis wants a password; in the URL it stands after a colon: redis://:password@host:port"},
	{"WRONGPASS", "the user name or the password in the URL is wrong"},
	{"NOPERM", "the ACL user lacks a right; the documentation of stores/redis lists all it needs"},
	{"The user executing the script", "the ACL user lacks a right; the documentation of stores/redis lists all it needs"},
	{"ACL failure", "the ACL user lacks a right; the documentation of stores/redis lists all it needs"}, // in a script, since 7.2
	{"MOVED", "this Redis is part of a Cluster: use redis+cluster://"},
	{"CROSSSLOT", "this Redis is part of a Cluster: use redis+cluster://"},
	{"CLUSTERDOWN", "the Cluster does not serve all slots: see CLUSTER INFO"},
	{"max number of clients", "raise maxclients in Redis, or lower pool_size in the URL"},
	{"DB index is out of range", "the URL names a database that this Redis does not have"},
	{"invalid password", "the user name or the password in the URL is wrong"},
	{"unknown command 'sentinel'", "this is a Redis and no Sentinel: use redis://host:port, or the port of a Sentinel, which is 26379 by default"},
	{"unknown command `sentinel`", "this is a Redis and no Sentinel: use redis://host:port, or the port of a Sentinel, which is 26379 by default"},
	{"cluster support disabled", "this Redis is not part of a Cluster: use redis://"},
	{"without any password configured", "this Redis has no password: take it out of the URL"},
}

func hintFor(err error) string {
	if refusal := answerOf(err); refusal != nil {
		return refusal.Advice
	}
	return ""
}

// answerOf is what Redis answered, nil when it did not answer.
func answerOf(err error) *check.Refusal {
	var answer goredis.Error
	if !errors.As(err, &answer) {
		return nil
	}
	text := withoutScript(answer.Error())
	code, _, _ := strings.Cut(text, " ")
	refusal := &check.Refusal{Code: code, Err: answered{text, err}}
	for _, h := range hints {
		if strings.Contains(text, h.code) {
			refusal.Code, refusal.Advice = h.code, h.hint
			break
		}
	}
	if strings.Contains(refusal.Code, " ") { // known by its text
		refusal.Code = code
	}
	return refusal
}

// answered is an error in the words that matter.
type answered struct {
	text string
	error
}

func (e answered) Error() string { return e.text }
func (e answered) Unwrap() error { return e.error }

// withoutScript leaves out which line of which script it was, which only
// hides what Redis says. Before version 7 it says that first.
func withoutScript(text string) string {
	if at := strings.LastIndex(text, " script: "); at >= 0 && strings.Contains(text[at:], ", on @") {
		text = text[:at]
	}
	if _, said, ok := strings.Cut(text, ": -"); ok && strings.HasPrefix(text, "ERR Error running script") {
		text = said
	}
	return text
}

// wrongType tells that the value is not a string. Redis before 7 wraps the
// error of a script's command in one of its own.
func wrongType(err error) bool {
	var answer goredis.Error
	return errors.As(err, &answer) && strings.Contains(answer.Error(), "WRONGTYPE")
}

// lost tells that the connection broke after the command was sent or while it
// was: Redis may have run it or not.
func lost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, errUnanswered)
}

// refused tells that Redis did not run the command and may run it when asked
// again, because it or the connection's other end is just changing its role.
func refused(err error) bool {
	return goredis.IsReadOnlyError(err) || goredis.IsTryAgainError(err)
}
