// Package target is what a command is about: the settings of the app, as the app
// would read them, and the store that they name.
package target

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
)

// Settings are the app's, by flags, environment and file.
type Settings struct {
	Args   []string // the app's own flags, as it is started with
	Prefix string   // of its environment variables, "" for none
}

// Parse reads the settings as the app would.
func (s Settings) Parse() (config.Config, error) {
	flags := flag.NewFlagSet("sessionkit", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	cfg, err := config.Parse(flags, s.Args, s.options()...)
	if err == nil && flags.NArg() > 0 {
		err = errors.New("what is " + flags.Arg(0) + "? The app's flags begin with dashes")
	}
	return cfg, err
}

func (s Settings) options() []config.Option {
	if s.Prefix == "" {
		return nil
	}
	return []config.Option{config.WithEnvPrefix(s.Prefix)}
}

// Named reports whether somebody has set anything of the app's here: a key or a
// store.
func Named(cfg config.Config) bool {
	for _, flag := range []string{"secret-key", "redis-url", "session-dir", "session-store", "config"} {
		if s := cfg.Setting(flag); s.Source != "default" && s.Source != "code" {
			return true
		}
	}
	return false
}

// Token is the debug token that the settings give, "" for none. derived tells
// whether it is made from the secret key.
func Token(cfg config.Config) (token string, derived bool) {
	return debug.Token(cfg).Reveal(), cfg.DebugToken.IsZero() && !cfg.SecretKey.IsZero()
}

// Open opens the store that the settings name, and says nothing of its own.
func Open(ctx context.Context, cfg config.Config) (Store, error) {
	return stores.Open(ctx, cfg, stores.WithLogger(slog.New(slog.DiscardHandler)))
}

// URL reads the address of an app.
func URL(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("this is no address: " + err.Error())
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the address begins with http:// or https://")
	case u.Host == "" || u.Hostname() == "":
		return nil, errors.New("the address names no host")
	case u.User != nil:
		return nil, errors.New("the address may not have a user or a password in it")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address may not have a query or a fragment")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}

// IsLocal reports whether the address leads to this machine by the loopback
// device.
func IsLocal(u *url.URL) bool {
	host := u.Hostname()
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// Secret makes one of a text.
func Secret(text string) config.Secret { return config.NewSecret(text) }
