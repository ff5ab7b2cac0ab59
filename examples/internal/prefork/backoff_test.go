package prefork

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	const ms = time.Millisecond
	var b backoff
	for i, step := range []struct{ lived, wait time.Duration }{
		{time.Hour, 0},
		{0, 100 * ms},
		{0, 200 * ms},
		{shortLife, 0}, // lived long enough for a new beginning
		{ms, 100 * ms},
	} {
		if got := b.next(step.lived); got != step.wait {
			t.Errorf("step %d: %v, want %v", i, got, step.wait)
		}
	}
	for range 20 {
		b.next(0)
	}
	if got := b.next(0); got != longestWait {
		t.Errorf("after many: %v, want %v", got, longestWait)
	}
}

func TestBrowsable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080",
		"0.0.0.0:80":     "localhost:80",
		"[::]:80":        "localhost:80",
		"[::1]:80":       "[::1]:80",
	} {
		if got := browsable(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
