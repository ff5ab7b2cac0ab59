package stores

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/moving"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// Option adjusts Open.
type Option func(*opener)

// WithLogger sets where Open warns that it fell back to files, and where the
// store reports what it cannot return. Default: slog.Default(), which nil means
// too.
func WithLogger(logger *slog.Logger) Option {
	return func(o *opener) { o.logger = cmp.Or(logger, slog.Default()) }
}

type opener struct {
	cfg    config.Config
	logger *slog.Logger
}

// Open opens the store that cfg names. Left to itself (config.StoreAuto) that
// is memory in test mode, Redis when there is a Redis URL, and files otherwise.
// session.NewManager logs which one it got, and why.
//
// A Redis that does not answer is an error within 5 seconds: workers that
// quietly went on with stores of their own would lose each other's sessions.
// Only with cfg.Fallback set to config.StoreFile are files used instead, with
// a warning. The error names what to do and holds no password; the cause is a
// *redis.OpenError. A Redis URL that makes no sense is an error in any case.
//
// The caller closes the store; ctx is for opening it only.
func Open(ctx context.Context, cfg config.Config, options ...Option) (driver.Store, error) {
	o := &opener{cfg: cfg.WithDefaults(), logger: slog.Default()}
	for _, option := range options {
		option(o)
	}
	kind, _ := o.cfg.StoreChoice()
	store, err := o.open(ctx, kind)
	var unreachable *redis.OpenError
	if errors.As(err, &unreachable) && o.cfg.Fallback == config.StoreFile && o.cfg.MigrateFrom.IsZero() {
		o.logger.WarnContext(ctx, "SESSIONS ARE NOT IN REDIS: it cannot be reached, and --session-fallback allows files. "+
			"Workers that do reach Redis, or run on another machine, do not see these sessions",
			"address", unreachable.Address, "cause", unreachable.Cause)
		return o.open(ctx, config.StoreFile)
	}
	if err != nil {
		return nil, err
	}
	return o.migrating(ctx, store)
}

// migrating puts the store that sessions come from behind the one that is
// opened, where the configuration names one. The latter is closed with an error.
func (o *opener) migrating(ctx context.Context, store driver.Store) (driver.Store, error) {
	if o.cfg.MigrateFrom.IsZero() {
		return store, nil
	}
	title := o.cfg.Title("session-migrate-from")
	to, ok := store.(moving.Backend)
	if d, _ := store.(driver.Describer); !ok || d.Describe().Private {
		return nil, errors.Join(fmt.Errorf("%s: sessions are brought over into Redis or files, not into memory", title), store.Close())
	}
	from, err := OpenURL(ctx, o.cfg.MigrateFrom.Reveal(), o.cfg, WithLogger(o.logger))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", title, err), store.Close())
	}
	both := moving.New(to, from)
	if err := moving.Distinct(ctx, to, from); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", title, err), both.Close())
	}
	return both, nil
}

func (o *opener) open(ctx context.Context, kind config.StoreKind) (driver.Store, error) {
	switch kind {
	case config.StoreMemory:
		return memstore.New(0, memstore.WithBytes(o.cfg.MemoryLimit)), nil
	case config.StoreRedis:
		return o.openRedis(ctx)
	case config.StoreFile:
		return o.openFile()
	}
	return nil, fmt.Errorf("there is no session store %q: %s is auto, redis, file or memory", kind, o.cfg.Title("session-store"))
}

func (o *opener) openRedis(ctx context.Context) (driver.Store, error) {
	if o.cfg.RedisURL.IsZero() {
		return nil, fmt.Errorf("no Redis URL for the session store: set %s, for example redis://localhost:6379/0", o.cfg.Title("redis-url"))
	}
	store, err := redis.Open(ctx, o.cfg.RedisURL.Reveal(), redis.WithPrefix(o.cfg.Prefix), redis.WithTimeout(o.cfg.Timeout),
		redis.WithLogger(o.logger), redis.WithWait(o.cfg.RedisWait))
	var unreachable *redis.OpenError
	switch {
	case err == nil:
		return store, nil
	case errors.As(err, &unreachable):
		return nil, &redisError{unreachable, o.cfg.Title("redis-url")}
	}
	return nil, fmt.Errorf("%s: %w", o.cfg.Title("redis-url"), err)
}

func (o *opener) openFile() (driver.Store, error) {
	dir := o.cfg.Dir
	if dir == "" {
		var err error
		if dir, err = file.DefaultDir(); err != nil {
			return nil, fmt.Errorf("no folder for sessions, name one with %s: %w", o.cfg.Title("session-dir"), err)
		}
	}
	store, err := file.Open(dir, file.WithLogger(o.logger), file.WithSync(o.cfg.FileSync))
	if err != nil {
		return nil, err
	}
	return store, nil
}

// redisError is a Redis that cannot be reached, told in terms of settings.
type redisError struct {
	*redis.OpenError
	setting string
}

func (e *redisError) Error() string {
	fix := "Start Redis, "
	if e.Fix != "" {
		fix = e.Fix + ": "
	}
	return fmt.Sprintf("cannot reach Redis at %s: %s. %scorrect %s, or allow --session-fallback file",
		e.Address, e.Cause, fix, e.setting)
}

func (e *redisError) Unwrap() error { return e.OpenError }
