package config_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

func TestRedactURL(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                                     "",
		"redis://h:6379/0":                     "redis://h:6379/0",
		"redis://:pw@h:6379/0":                 "redis://:xxxxx@h:6379/0",
		"rediss://ada:pw@h:6379/0?db=1":        "rediss://ada:xxxxx@h:6379/0?db=1",
		"redis://ada:@h":                       "redis://ada:xxxxx@h",
		"redis://forgotten-colon@h":            "redis://xxxxx@h",
		"redis://h?sentinel_pw=pw&CREDS=pw":    "redis://h?CREDS=xxxxx&sentinel_pw=xxxxx",
		"redis://ada:p%2Fw@h":                  "redis://ada:xxxxx@h",
		"redis://ada:p@w@h":                    "redis://ada:xxxxx@h",
		"unix://ada:pw@/run/redis.sock?db=1":   "unix://ada:xxxxx@/run/redis.sock?db=1",
		"redis://h?sentinel_password=pw&db=1":  "redis://h?db=1&sentinel_password=xxxxx",
		"redis://h?PASSWORD=pw":                "redis://h?PASSWORD=xxxxx",
		"redis://h?%zz=pw":                     "redis://[redacted]",
		"redis://ada:12/34@h":                  "redis://[redacted]",
		"redis://ada:12?34@h":                  "redis://[redacted]",
		"redis://ada:12#34@h":                  "redis://[redacted]",
		"redis://ada:12#34":                    "redis://[redacted]",
		"redis://ada:p w@h":                    "redis://[redacted]",
		"redis://ada:pw%@h":                    "redis://[redacted]",
		"redis://ada:pw":                       "redis://[redacted]",
		"redis://ada:pw@h:port":                "redis://[redacted]",
		"redis://ada:pw\n@h":                   "redis://[redacted]",
		"ada:pw@h:6379":                        "[redacted]",
		":pw@h":                                "[redacted]",
		"pw":                                   "[redacted]",
		"pw@h":                                 "[redacted]",
		"pw at redis://h":                      "[redacted]",
		"//ada:pw@h":                           "[redacted]",
		"redis://u:pw@h1:1,u:pw@h2:2":          "redis://u:xxxxx@h2:2",
		"redis-sentinel://:pw@h:26379/primary": "redis-sentinel://:xxxxx@h:26379/primary",
	}
	for raw, want := range tests {
		if got := config.RedactURL(raw); got != want {
			t.Errorf("RedactURL(%q) = %q, want %q", raw, got, want)
		}
	}
}
