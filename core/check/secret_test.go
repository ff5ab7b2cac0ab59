package check_test

import "github.com/gosessionkit/sessionkit/core/check"

var secretExamples = []example{
	{id: "secret-command-line", name: "key", from: onMemory, change: parsedFrom("--secret-key", goodKey), found: true,
		words: []string{"--secret-key on the command line", "SHOP_SECRET_KEY or", "SHOP_SECRET_KEY_FILE"}},
	{id: "secret-command-line", name: "all", change: parsedFrom("--workers=2", "--secret-key", goodKey, "--secret-key-fallbacks", "Zq8-"+goodKey, "--redis-url", "rediss://:pw@h", "--debug-token", goodKey), found: true,
		words: []string{"--secret-key, --secret-key-fallbacks, --redis-url, --debug-token", "SHOP_REDIS_URL_FILE"}},
	{id: "secret-command-line", name: "a URL without a password", change: all(parsedFrom("--workers=2", "--redis-url", "rediss://h"), secretKey(goodKey))},
	{id: "secret-command-line", name: "in code", change: secretKey(goodKey)},

	{id: "secret-file-open", name: "two", change: opened("/etc/shop.conf", "/etc/it's key"), found: true,
		words: []string{"/etc/shop.conf and /etc/it's key", `chmod 600 /etc/shop.conf '/etc/it'\''s key'`}},
}

func opened(files ...string) func(*check.Facts) {
	return func(f *check.Facts) { f.OpenFiles = files }
}
