package check_test

import (
	"flag"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// example is facts with something changed, and what is to be found in them.
// The first example of a rule that finds it is shown in docs/checks.md.
type example struct {
	id     string // of the rule it is about
	name   string
	from   func() check.Facts // with nothing wrong; onRedis when nil
	change func(*check.Facts)
	found  bool     // id, and nothing else
	also   []string // but these
	words  []string // in the message or the fix
}

// fact sets what the store says of itself.
func fact(pairs ...string) func(*check.Facts) {
	return func(f *check.Facts) {
		for i := 0; i < len(pairs); i += 2 {
			f.Store.Facts[pairs[i]] = pairs[i+1]
		}
	}
}

// settings changes the configuration.
func settings(change func(*config.Config)) func(*check.Facts) {
	return func(f *check.Facts) { change(&f.Config) }
}

// cookie changes the cookie's settings.
func cookie(change func(*config.Cookie)) func(*check.Facts) {
	return func(f *check.Facts) { change(&f.Config.Cookie) }
}

// other changes the second worker.
func other(change func(*worker.Info)) func(*check.Facts) {
	return func(f *check.Facts) { change(&f.Workers[1]) }
}

// self changes this worker.
func self(change func(*worker.Info)) func(*check.Facts) {
	return func(f *check.Facts) {
		change(&f.Self)
		f.Workers[0] = f.Self
	}
}

func secretKey(key string) func(*check.Facts) {
	return settings(func(c *config.Config) { c.SecretKey = config.NewSecret(key) })
}

func fallback(key string) func(*check.Facts) {
	return settings(func(c *config.Config) { c.SecretKeyFallbacks = append(c.SecretKeyFallbacks, config.NewSecret(key)) })
}

func redisURL(url string) func(*check.Facts) {
	return settings(func(c *config.Config) { c.RedisURL = config.NewSecret(url) })
}

// parsedFrom takes the configuration from flags, with the variables' prefix
// SHOP.
func parsedFrom(args ...string) func(*check.Facts) {
	return settings(func(c *config.Config) {
		cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), args, config.WithEnvPrefix("SHOP"))
		if err != nil {
			panic(err)
		}
		cfg.Mode, cfg.Store = c.Mode, c.Store
		*c = cfg
	})
}

// seen is what a dozen minutes ago was seen the last of n times.
func seen(n uint64) check.Recent {
	return check.Recent{Count: n, Ago: 12*time.Minute + 59*time.Second}
}

func all(changes ...func(*check.Facts)) func(*check.Facts) {
	return func(f *check.Facts) {
		for _, change := range changes {
			change(f)
		}
	}
}
