package diagnose

import (
	"slices"

	"github.com/gosessionkit/sessionkit/core/config"
)

// shared are the settings that all workers should have alike, those in
// configFingerprint; no secret is among them.
var shared = []string{
	"mode", "session-prefix", "session-lifetime", "session-anonymous-lifetime", "session-idle-timeout", "session-max-size", "session-max-per-user",
	"session-cookie-name", "session-cookie-domain", "session-cookie-path", "session-cookie-secure", "session-cookie-samesite",
	"session-cookie-persist", "session-cookie-partitioned", "session-cookie-no-store", "session-token", "session-trust-proxy",
}

// sharedSettings are their values, so that other workers can say which differ.
func sharedSettings(c config.Config) map[string]string {
	values := make(map[string]string, len(shared))
	for _, s := range c.Settings() {
		if slices.Contains(shared, s.Flag) {
			values[s.Flag] = s.Value
		}
	}
	return values
}
