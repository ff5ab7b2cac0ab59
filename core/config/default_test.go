package config_test

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

func TestWithDefault(t *testing.T) {
	t.Parallel()
	source := func(c config.Config) string {
		for _, s := range c.Settings() {
			if s.Flag == "workers" {
				return s.Value + " " + s.Source
			}
		}
		return ""
	}
	for want, args := range map[string][]string{"3 default": nil, "5 flag": {"--workers", "5"}} {
		fs := flag.NewFlagSet("app", flag.ContinueOnError)
		cfg, err := config.Parse(fs, args, config.WithDefault("workers", "3"))
		if err != nil || source(cfg) != want || fs.Lookup("workers").DefValue != "3" {
			t.Errorf("%v: %q, %v, help says %s", args, source(cfg), err, fs.Lookup("workers").DefValue)
		}
	}
	for want, option := range map[string]config.Option{
		"no flag --nothing": config.WithDefault("nothing", "3"),
		"--workers":         config.WithDefault("workers", "many"),
	} {
		fs := flag.NewFlagSet("app", flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		if _, err := config.Parse(fs, nil, option); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
