package check_test

import (
	"flag"
	"strings"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

var keyExamples = []example{
	{id: "secret-key-missing", name: "none", change: secretKey(""), found: true,
		words: []string{"random", "--secret-key (SECRET_KEY)", "openssl rand -base64 32"}},

	{id: "secret-key-missing", name: "the app's own", change: parsed(nil, config.WithDefault("secret-key", goodKey)), found: true,
		words: []string{"the app fills one in itself", "openssl rand -base64 32"}},
	{id: "secret-key-missing", name: "set, beside the app's own", change: parsed([]string{"--secret-key", goodKey}, config.WithDefault("secret-key", goodKey+"x")), also: []string{"secret-command-line"}},

	{id: "secret-key-default", name: "changeme", change: secretKey("changeme"), found: true, words: []string{"the secret key is a placeholder", "openssl rand"}},
	{id: "secret-key-default", name: "secret", change: secretKey("Secret"), found: true},
	{id: "secret-key-default", name: "default", change: secretKey("DEFAULT"), found: true},
	{id: "secret-key-default", name: "over and over", change: secretKey(strings.Repeat("secret", 6)), found: true},
	{id: "secret-key-default", name: "with digits", change: secretKey("test123"), found: true},
	{id: "secret-key-default", name: "in a sentence", change: secretKey("your-secret-key-change-me-in-production"), found: true},
	{id: "secret-key-default", name: "fallback", change: fallback("keyboard cat"), found: true,
		words: []string{"fallback key 2 is a placeholder", "take it out of --secret-key-fallbacks (SECRET_KEY_FALLBACKS)"}},
	{id: "secret-key-default", name: "both", change: all(secretKey("changeme"), fallback("changeme")), found: true,
		words: []string{"the secret key is a placeholder, fallback key 2 is a placeholder", "; take it out of"}},

	{id: "secret-key-short", name: "31 bytes", change: secretKey(goodKey[:31]), found: true, words: []string{"has 31 bytes", "32"}},
	{id: "secret-key-short", name: "32 bytes", change: secretKey(goodKey[:32])},
	{id: "secret-key-short", name: "fallback", change: fallback("k"), found: true, words: []string{"fallback key 2 has 1 byte,", "take it out"}},

	{id: "secret-key-weak", name: "one word repeated", change: secretKey("hunter2hunter2hunter2hunter2hunter2"), found: true,
		words: []string{"has 35 bytes that are worth about", "bits"}},
	{id: "secret-key-weak", name: "one character", change: secretKey("x7" + strings.Repeat("a", 40)), found: true},
	{id: "secret-key-weak", name: "a row", change: secretKey("abcdefghijklmnopqrstuvwxyz0123456789"), found: true},
	{id: "secret-key-weak", name: "fallback", change: fallback("0123456789abcdef0123456789abcdef"), found: true, words: []string{"fallback key 2"}},
	{id: "secret-key-weak", name: "hexadecimal", change: secretKey("9f86d081884c7d659a2feaa0c55ad015")},

	{id: "secret-key-differs", name: "another key", change: other(func(w *worker.Info) { w.Keys = []string{"cccc0000"} }), found: true,
		words: []string{"workers signs with another key than this one: it signs with aaaa0000", "worker 4e5f6071 (pid 202 on web2) signs with cccc0000", "--secret-key-fallbacks"}},
	{id: "secret-key-differs", name: "another app", change: all(self(func(w *worker.Info) { w.App = "example.com/shop" }), other(func(w *worker.Info) { w.App, w.Keys = "example.com/blog", []string{"cccc0000"} })), found: true,
		words: []string{"of the app example.com/shop signs with key aaaa0000", "of the app example.com/blog signs with cccc0000", "--session-prefix (SESSION_PREFIX) of its own", "--session-cookie-name (SESSION_COOKIE_NAME) of its own"}},
	{id: "secret-key-differs", name: "another app, in files", from: onFiles, change: all(self(func(w *worker.Info) { w.App = "example.com/shop" }), other(func(w *worker.Info) { w.App, w.Keys = "example.com/blog", []string{"cccc0000"} })), found: true,
		words: []string{"--session-dir (SESSION_DIR) of its own"}},
	{id: "secret-key-differs", name: "the same app", change: all(self(func(w *worker.Info) { w.App = "example.com/shop" }), other(func(w *worker.Info) { w.App, w.Keys = "example.com/shop", []string{"cccc0000"} })), found: true,
		words: []string{"give every worker the same --secret-key"}},
	{id: "secret-key-differs", name: "the same fallback alone", change: other(func(w *worker.Info) { w.Keys = []string{"cccc0000", "bbbb0000"} }), found: true},
	{id: "secret-key-differs", name: "changed with both as fallback", change: other(func(w *worker.Info) { w.Keys = []string{"bbbb0000", "aaaa0000"} })},
	{id: "secret-key-differs", name: "many", change: func(f *check.Facts) {
		for _, id := range []string{"b", "c", "d", "e"} {
			f.Workers = append(f.Workers, worker.Info{ID: id, Keys: []string{"cccc0000"}, Config: f.Self.Config, Version: f.Self.Version})
		}
	}, found: true, words: []string{"and so on for 1 more"}},

	{id: "secret-key-comma", name: "one", change: secretKey(goodKey + "," + goodKey[1:]), found: true,
		words: []string{"the secret key has a comma in it", "put the others into --secret-key-fallbacks (SECRET_KEY_FALLBACKS)", "openssl rand"}},
	{id: "secret-key-comma", name: "in a fallback, which code gave", change: fallback(goodKey + "," + goodKey[1:])},

	{id: "secret-key-rotation", name: "the other is behind", change: other(func(w *worker.Info) { w.Keys = []string{"bbbb0000"} }), found: true,
		words: []string{"does not have aaaa0000, which this one signs with", "restart"}},
	{id: "secret-key-rotation", name: "this one is behind", change: other(func(w *worker.Info) { w.Keys = []string{"cccc0000", "aaaa0000"} }), found: true,
		words: []string{"signs with cccc0000, which this one does not have"}},

	{id: "secret-key-fallbacks", name: "the other lacks one", change: other(func(w *worker.Info) { w.Keys = []string{"aaaa0000"} }), found: true,
		words: []string{"worker 4e5f6071 (pid 202 on web2) does not have the fallback key bbbb0000", "--secret-key-fallbacks (SECRET_KEY_FALLBACKS)"}},
	{id: "secret-key-fallbacks", name: "this one lacks one", change: other(func(w *worker.Info) { w.Keys = append(w.Keys, "dddd0000") }), found: true,
		words: []string{"accepts the fallback key dddd0000, which this one does not have"}},
	{id: "secret-key-fallbacks", name: "in another order", change: all(
		self(func(w *worker.Info) { w.Keys = []string{"aaaa0000", "bbbb0000", "dddd0000"} }),
		other(func(w *worker.Info) { w.Keys = []string{"aaaa0000", "dddd0000", "bbbb0000"} }))},
}

// parsed has the app parse its settings, which are for production.
func parsed(args []string, options ...config.Option) func(*check.Facts) {
	return func(f *check.Facts) {
		cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), append(args, "--mode=production"), append(options, config.WithEnvPrefix("NOBODY_SETS"))...)
		if err != nil {
			panic(err)
		}
		f.Config = cfg
	}
}
