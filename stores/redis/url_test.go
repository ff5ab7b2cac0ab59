package redis

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	defaults := map[string]string{"read_timeout": "7s"}
	for url, want := range map[string]string{
		"redis://":                                    "localhost:6379 db 0 user  password  tls false",
		"redis://one":                                 "one:6379 db 0 user  password  tls false",
		"REDIS://one:1/2":                             "one:1 db 2 user  password  tls false",
		"redis://[::1]":                               "[::1]:6379 db 0 user  password  tls false",
		"redis://:p%40s%2Fs@one":                      "one:6379 db 0 user  password p@s/s tls false",
		"rediss://ada:pw@one:1":                       "one:1 db 0 user ada password pw tls true",
		"unix://ada:pw@/run/redis.sock?db=3":          "/run/redis.sock db 3 user ada password pw tls false",
		"unix:///run/user@1000/redis.sock":            "/run/user@1000/redis.sock db 0 user  password  tls false",
		"redis+cluster://ada:pw@one:1,two":            "cluster [one:1 two:6379] user ada password pw tls false",
		"rediss+cluster://one?addr=two:2":             "cluster [one:6379 two:2] user  password  tls true",
		"redis-cluster://[::1],[::2]:5/0":             "cluster [[::1]:6379 [::2]:5] user  password  tls false",
		"redis+sentinel://one,two:2/main":             "sentinel main [one:26379 two:2] db 0 user  password  own   tls false",
		"redis+sentinel://ada:pw@one:1/main/4":        "sentinel main [one:1] db 4 user ada password pw own   tls false",
		"redis-sentinel://:pw@one/4?master_name=main": "sentinel main [one:26379] db 4 user  password pw own   tls false",
		"rediss+sentinel://:pw@one/main?sentinel_username=watch&sentinel_password=p%26s": "sentinel main [one:26379] db 0 user  password pw own watch p&s tls true",
		"redis+sentinel://one?master_name=main&username=ada&password=pw&addr=two:3&db=5": "sentinel main [one:26379 two:3] db 5 user ada password pw own   tls false",
		"redis+sentinel://one:1,[::1]:2/main?sentinel_password=x&read_timeout=7s&db=1":   "sentinel main [one:1 [::1]:2] db 1 user  password  own  x tls false",
	} {
		target, err := parseURL(url, defaults)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := describe(target); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", url, got, want)
		}
	}
}

func describe(t target) string {
	switch {
	case t.cluster != nil:
		o := t.cluster
		return fmt.Sprintf("cluster %v user %s password %s tls %v", o.Addrs, o.Username, o.Password, o.TLSConfig != nil)
	case t.sentinel != nil:
		o := t.sentinel
		return fmt.Sprintf("sentinel %s %v db %d user %s password %s own %s %s tls %v", o.MasterName, o.SentinelAddrs, o.DB,
			o.Username, o.Password, o.SentinelUsername, o.SentinelPassword, o.TLSConfig != nil)
	}
	o := t.single
	return fmt.Sprintf("%s db %d user %s password %s tls %v", o.Addr, o.DB, o.Username, o.Password, o.TLSConfig != nil)
}

func TestParseURLSkipVerify(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"rediss://one", "rediss+cluster://one", "rediss+sentinel://one/main"} {
		for query, want := range map[string]bool{"": false, "?skip_verify=true": true, "?skip_verify=false": false} {
			target, err := parseURL(url+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			config := target.tls()
			if config == nil || config.InsecureSkipVerify != want {
				t.Errorf("%s%s: %+v", url, query, config)
			}
		}
	}
}

// What the URL says goes before the defaults.
func TestParseURLDefaults(t *testing.T) {
	t.Parallel()
	defaults := map[string]string{"read_timeout": "7s", "dial_timeout": "7s"}
	const given = 3 * time.Second
	for _, url := range []string{"redis://one?read_timeout=3s", "redis+cluster://one?read_timeout=3", "redis+sentinel://one/main?read_timeout=3000ms"} {
		target, err := parseURL(url, defaults)
		if err != nil {
			t.Fatal(err)
		}
		var read, dial time.Duration
		switch {
		case target.cluster != nil:
			read, dial = target.cluster.ReadTimeout, target.cluster.DialTimeout
		case target.sentinel != nil:
			read, dial = target.sentinel.ReadTimeout, target.sentinel.DialTimeout
		default:
			read, dial = target.single.ReadTimeout, target.single.DialTimeout
		}
		if read != given || dial != 7*time.Second {
			t.Errorf("%s: read %v, dial %v", url, read, dial)
		}
	}
}

// What is wrong is told without the text that is wrong: it may be a password
// in the wrong place.
func TestParseURLQuotesNothing(t *testing.T) {
	t.Parallel()
	const misplaced = "hunter2"
	for url, want := range map[string]string{
		"redis://one/hunter2":                               "number of the database",
		"redis://one/0/hunter2":                             "number of the database",
		"redis://one?db=hunter2":                            "number of the database",
		"redis://one/-1":                                    "number of the database",
		"redis+sentinel://one/main/-1":                      "number of the database",
		"redis://one?hunter2":                               "option after the ?",
		"redis://one?hunter2=1":                             "option after the ?",
		"redis+cluster://one?hunter2=1":                     "option after the ?",
		"redis+sentinel://one/main?hunter2=1":               "option after the ?",
		"redis://one?pool_size=hunter2":                     "option pool_size is not a number",
		"redis://one?read_timeout=hunter2":                  "option read_timeout is not a duration",
		"redis://one?pool_fifo=hunter2":                     "option pool_fifo is not true or false",
		"redis+sentinel://one/main?disableIdentity=hunter2": "option disableIdentity is not true or false",
		"redis+sentinel://one/main/hunter2":                 "number of the database",
		"redis+cluster://one/hunter2":                       "only database 0",
		"redis+cluster://one?addr=hunter2":                  "form host:port",
		"redis+cluster://one,[hunter2":                      "form host:port",
		"redis://one:hunter2":                               "percent-encoded",
		"redis://:hunter2%zz@one":                           "percent-encoded",
		"unix://hunter2":                                    "unix:///run/redis.sock",
		"hunter2://one":                                     "it must begin with redis://",
		"tcp://:hunter2@one:6379":                           "it must begin with redis://",
		"hunter2":                                           "write redis:// before it",
		"localhost:6379":                                    "write redis:// before it",
		":hunter2@localhost:6379/0":                         "write redis:// before it",
		"//localhost:6379":                                  "write redis:// before it",
		"one:26379,two:26379":                               "write redis+sentinel://host:port,host:port/mymaster",
		"/run/hunter2.sock":                                 "write unix:// before it",
	} {
		_, err := parseURL(url, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "Redis URL: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), misplaced) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A user without a password would be left out by the client, without a word.
func TestParseURLUserAlone(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"redis://ada@one", "redis://ada:@one", "rediss://ada@one/3", "unix://ada@/run/redis.sock",
		"redis+cluster://ada@one,two", "redis+sentinel://ada@one/main"} {
		if _, err := parseURL(url, nil); err != errUser {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := parseURL("redis://default@one", nil); err != nil {
		t.Error(err)
	}
}
