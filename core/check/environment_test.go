package check_test

import (
	"flag"
	"os"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

var environmentExamples = []example{
	{id: "variable-unknown", name: "a letter too few", change: func(f *check.Facts) {
		os.Setenv("STORE_SESSION_LIFETME", "1h") // nobody else reads these
		os.Setenv("STORE_SECRET_KEY", goodKey)
		cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), []string{"--mode=production"}, config.WithEnvPrefix("STORE"))
		if err != nil {
			panic(err)
		}
		f.Config = cfg
	}, found: true,
		words: []string{"the environment has STORE_SESSION_LIFETME, which is no setting: it is called STORE_SESSION_LIFETIME", "rename STORE_SESSION_LIFETME to STORE_SESSION_LIFETIME"}},

	{id: "secret-quoted", name: "the key", change: secretKey(`"` + goodKey + `"`), found: true, words: []string{"the secret key begins or ends with a quote", "--secret-key-fallbacks (SECRET_KEY_FALLBACKS)"}},
	{id: "secret-quoted", name: "a list", change: fallback(`'` + goodKey), found: true, words: []string{"fallback key 2"}},
	{id: "secret-quoted", name: "within", change: secretKey(goodKey[:20] + `"` + goodKey[20:])},
}
