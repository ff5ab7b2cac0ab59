package stores

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/moving"
	"github.com/gosessionkit/sessionkit/stores/redis"
)

// OpenURL opens the store that a URL names: a Redis URL as in --redis-url, with
// ?prefix=TEXT where its keys begin with another text than cfg.Prefix, or file://
// and an absolute path, or the path alone. The rest is as cfg says. The errors
// are those of [Open]; none has a password in it.
func OpenURL(ctx context.Context, raw string, cfg config.Config, options ...Option) (moving.Backend, error) {
	o := &opener{cfg: cfg.WithDefaults(), logger: slog.Default()}
	for _, option := range options {
		option(o)
	}
	if path, ok := strings.CutPrefix(raw, "file://"); ok || filepath.IsAbs(raw) {
		if !filepath.IsAbs(path) {
			return nil, errors.New("file:// is followed by an absolute path, as in file:///var/lib/app/sessions")
		}
		store, err := file.Open(path, file.WithLogger(o.logger), file.WithSync(o.cfg.FileSync))
		if err != nil {
			return nil, err
		}
		return store, nil
	}
	address, prefix, err := cutPrefix(raw)
	if err != nil {
		return nil, err
	}
	if prefix == "" {
		prefix = o.cfg.Prefix
	}
	store, err := redis.Open(ctx, address, redis.WithPrefix(prefix), redis.WithTimeout(o.cfg.Timeout), redis.WithLogger(o.logger), redis.WithWait(o.cfg.RedisWait))
	if err != nil {
		return nil, err
	}
	return store, nil
}

// cutPrefix takes the prefix out of a Redis URL.
func cutPrefix(raw string) (address, prefix string, err error) {
	address, query, ok := strings.Cut(raw, "?")
	if !ok {
		return raw, "", nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", "", fmt.Errorf("what is behind the question mark cannot be read: %w", errors.Unwrap(err))
	}
	prefix = values.Get("prefix")
	if values.Del("prefix"); len(values) > 0 {
		address += "?" + values.Encode()
	}
	return address, prefix, nil
}
