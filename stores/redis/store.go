package redis

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// DefaultPrefix begins every key unless told otherwise.
const DefaultPrefix = "session:"

// DefaultTimeout bounds each wait for Redis unless told otherwise.
const DefaultTimeout = 2 * time.Second

// Option changes what Open and New make.
type Option func(*options)

type options struct {
	prefix  string
	logger  *slog.Logger
	timeout time.Duration
	wait    int
}

// WithPrefix begins every key with prefix. Default: [DefaultPrefix], which ""
// means too.
func WithPrefix(prefix string) Option {
	return func(o *options) { o.prefix = cmp.Or(prefix, DefaultPrefix) }
}

// WithLogger sends the store's log to l. Default: slog.Default(), which nil means
// too.
func WithLogger(l *slog.Logger) Option {
	return func(o *options) { o.logger = cmp.Or(l, slog.Default()) }
}

// WithTimeout bounds each dial, write, read and wait for a free connection of a
// client that Open makes. An operation may wait several times; what bounds it as
// a whole is the deadline of its context. Default: [DefaultTimeout], which 0 means
// too.
func WithTimeout(d time.Duration) Option {
	return func(o *options) {
		if d > 0 {
			o.timeout = d
		}
	}
}

// WithWait says how many replicas must acknowledge a save or a removal before it
// counts as done, because a primary that fails takes with it what its replicas do
// not have yet. Each such change takes one more round trip (WAIT). When too few
// acknowledge it within half of the timeout the error says that the change may
// have happened. Not for touches. Default: 0.
func WithWait(replicas int) Option { return func(o *options) { o.wait = replicas } }

func optionsOf(opts []Option) options {
	o := options{prefix: DefaultPrefix, logger: slog.Default(), timeout: DefaultTimeout}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Store keeps sessions in Redis. It implements [driver.Store] and all of its
// optional companions but [driver.Sweeper]: Redis sweeps by itself. Its
// methods are safe for concurrent use.
type Store struct{ *inside }

// inside is what a Store holds, behind a pointer that fmt does not follow.
type inside struct {
	client        goredis.UniversalClient
	own           bool // Close closes the client
	oneNode       bool // all keys live on one server, so one script may touch several
	address       string
	prefix        string
	logger        *slog.Logger
	closed        atomic.Bool
	scriptsLoaded atomic.Bool // see loadScripts

	identified atomic.Bool  // the server had an identity before
	emptied    atomic.Int64 // when it had lost it, Unix nanoseconds; 0 for never

	repeatable, unrepeatable batcher // a batch is sent again as a whole or not at all

	timeout time.Duration // of one step of what takes several

	wait    int           // replicas that acknowledge each change
	waitFor time.Duration // how long they have for it
}

var (
	_ driver.Store      = (*Store)(nil)
	_ driver.UserIndex  = (*Store)(nil)
	_ driver.Lister     = (*Store)(nil)
	_ driver.Pinger     = (*Store)(nil)
	_ driver.Identifier = (*Store)(nil)
	_ driver.Describer  = (*Store)(nil)
	_ driver.TagLoader  = (*Store)(nil)
	_ driver.Remover    = (*Store)(nil)
)

// New returns a store on a client of the app's own: a *Client, a
// *ClusterClient or a *Ring of go-redis, which stays open when the store is
// closed. It makes no round trip.
//
// The client's own time outs and retries hold. Give it
// ContextTimeoutEnabled, or it does not heed the deadlines of contexts. To
// watch its commands use AddHook instead of a wrapper: the store must see
// what kind of client it has. With many requests at once its hooks meet
// pipelines (ProcessPipelineHook), with the context of one of the requests; and
// unless the client has PipelinePoolSize -1, it opens more connections for them,
// up to 10 by default.
func New(client goredis.UniversalClient, opts ...Option) *Store {
	o := optionsOf(opts)
	_, oneNode := client.(*goredis.Client)
	return &Store{&inside{
		client:  client,
		oneNode: oneNode,
		address: addressOf(client),
		prefix:  o.prefix,
		logger:  o.logger,
		timeout: o.timeout,
		wait:    o.wait,
		waitFor: o.timeout / 2,
	}}
}

// Client returns the client that the store works with, for reports on the
// server. Do not close it.
func (s *Store) Client() goredis.UniversalClient { return s.client }

// Prefix returns what begins every key of the store.
func (s *Store) Prefix() string { return s.prefix }

// Format shows where the store is, whatever the verb, and nothing else of it.
func (s *Store) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "redis store at %s", s.address) }

// Close implements [driver.Store]: it closes the client that [Open] made.
func (s *Store) Close() error {
	if s.closed.Swap(true) || !s.own {
		return nil
	}
	return s.client.Close()
}

// Ping implements [driver.Pinger].
func (s *Store) Ping(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.client.Ping(ctx).Err(); err != nil {
		return s.fail(ctx, "ping", err)
	}
	return nil
}

// Describe implements [driver.Describer].
func (s *Store) Describe() driver.Description {
	return driver.Description{Kind: "redis", Address: s.address}
}

// addressOf says where a client connects to, without credentials.
func addressOf(client goredis.UniversalClient) string {
	switch c := client.(type) {
	case *goredis.Client:
		o := c.Options()
		return o.Addr + "/" + strconv.Itoa(o.DB)
	case *goredis.ClusterClient:
		return strings.Join(c.Options().Addrs, ",") + " (cluster)"
	case *goredis.Ring:
		return "ring of " + strconv.Itoa(len(c.Options().Addrs))
	}
	return ""
}
