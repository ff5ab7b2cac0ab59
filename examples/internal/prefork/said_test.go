package prefork

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// What the first worker has said, the second does not say again until it is
// ready. Whatever is another thing it says.
func TestSaid(t *testing.T) {
	say := func(log *slog.Logger, self, key string) {
		log.Info("workers", "self", self, "seen", len(self))
		log.Info("key", "fingerprint", key)
		log.With("x", 1).WithGroup("g").Warn("no secret key", "id", "secret-key-missing")
		log.Error("the disk is full", "free", key)
	}
	var log bytes.Buffer
	first := newSaid()
	say(slog.New(first.onto(slog.NewTextHandler(&log, nil))), "a", "17")
	if n := strings.Count(log.String(), "\n"); n != 4 {
		t.Errorf("the first said %d lines of 4:\n%s", n, log.String())
	}

	name, value, _ := strings.Cut(variable(first.done()), "=")
	t.Setenv(name, value)
	log.Reset()
	second := newSaid()
	logger := slog.New(second.onto(slog.NewTextHandler(&log, nil)))
	say(logger, "bb", "18")
	for text, want := range map[string]bool{"workers": false, "fingerprint=18": true, "no secret key": false, "the disk is full": true} {
		if strings.Contains(log.String(), text) != want {
			t.Errorf("%q: want %v, in\n%s", text, want, log.String())
		}
	}
	second.done()
	log.Reset()
	say(logger, "bb", "17")
	if n := strings.Count(log.String(), "\n"); n != 4 {
		t.Errorf("once it is ready the second said %d lines of 4:\n%s", n, log.String())
	}
}
