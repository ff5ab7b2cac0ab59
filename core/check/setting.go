package check

import "fmt"

// newSecret makes a key or a token.
const newSecret = "openssl rand -base64 32"

// setting names a setting to somebody who wants to change it.
func setting(f Facts, flag string) string { return f.Config.Title(flag) }

// plural counts things.
func plural[N int | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
