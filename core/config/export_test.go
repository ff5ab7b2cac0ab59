package config

// RedactURL is redactURL for tests.
func RedactURL(raw string) string { return redactURL(raw) }
