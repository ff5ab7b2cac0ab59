package check

import (
	"fmt"

	"github.com/gosessionkit/sessionkit/core/config"
)

// newSecret makes a key or a token.
const newSecret = "openssl rand -base64 32"

// titles name the settings, by flag, to somebody who wants to change them:
// the flag and its environment variables, with the app's prefix.
func titles(cfg config.Config) map[string]string {
	names := map[string]string{}
	for _, s := range cfg.Settings() {
		names[s.Flag] = fmt.Sprintf("--%s (%s)", s.Flag, s.Env)
	}
	return names
}

// setting names a setting as titles does.
func setting(f Facts, flag string) string { return f.titles[flag] }

// plural counts things.
func plural[N int | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
