package debug

import (
	"net/url"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
)

// scrubber cuts the configuration's secrets out of texts that the kit did not
// write itself: errors and facts of a store may quote what they were given.
type scrubber struct{ *strings.Replacer }

// minSecret is the shortest text, in bytes, that is looked for: cutting out
// "redis" would tell that it is the password.
const minSecret = 8

func newScrubber(cfg config.Config) scrubber {
	secrets := []string{string(cfg.SecretKey), string(cfg.DebugToken)}
	for _, key := range cfg.SecretKeyFallbacks {
		secrets = append(secrets, string(key))
	}
	secrets = append(secrets, secretsOf(string(cfg.RedisURL))...)
	var pairs []string
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			pairs = append(pairs, secret, hidden)
		}
	}
	return scrubber{strings.NewReplacer(pairs...)}
}

// secretsOf lists what is secret in a URL: its password, as it is written and
// as it is meant, and its query's values.
func secretsOf(raw string) []string {
	var secrets []string
	_, rest, _ := strings.Cut(raw, "://")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		_, password, _ := strings.Cut(rest[:at], ":")
		secrets = append(secrets, password)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return secrets
	}
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	for name, values := range u.Query() {
		if soundsSecret(name) {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}

const hidden = "[hidden]"

func (s scrubber) text(text string) string { return s.Replace(text) }

func (s scrubber) facts(facts map[string]string) map[string]string {
	if len(facts) == 0 {
		return nil
	}
	clean := make(map[string]string, len(facts))
	for name, value := range facts {
		clean[name] = s.text(value)
	}
	return clean
}
