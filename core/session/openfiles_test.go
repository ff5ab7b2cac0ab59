//go:build unix

package session_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

// A file with secrets in it that every user may read is found, at the start
// and later, and only such a file.
func TestOpenSecretFiles(t *testing.T) {
	t.Parallel()
	key := inMode("").SecretKey.Reveal()
	for name, test := range map[string]struct {
		file, content string
		mode          os.FileMode
		args          []string // with FILE for the path of the file
		link          bool     // Kubernetes's, beside the file
		found         bool
	}{
		"configuration":         {"app.conf", "secret-key " + key, 0o644, []string{"--config", "FILE"}, false, true},
		"JSON":                  {"app.json", `{"debug-token": "` + key + `"}`, 0o604, []string{"--config", "FILE"}, false, true},
		"others may write":      {"app.conf", "secret-key " + key, 0o602, []string{"--config", "FILE"}, false, true},
		"password in a URL":     {"app.conf", "redis-url redis://:pw@h", 0o644, []string{"--config", "FILE", "--session-store=memory"}, false, true},
		"key in its own file":   {"key", key, 0o644, []string{"--secret-key-file", "FILE"}, false, true},
		"private":               {"app.conf", "secret-key " + key, 0o640, []string{"--config", "FILE"}, false, false},
		"private key file":      {"key", key, 0o400, []string{"--secret-key-file", "FILE"}, false, false},
		"no secret":             {"app.conf", "workers 1", 0o644, []string{"--config", "FILE"}, false, false},
		"no password":           {"app.conf", "redis-url redis://h", 0o644, []string{"--config", "FILE", "--session-store=memory"}, false, false},
		"secret from elsewhere": {"app.conf", "secret-key " + key, 0o644, []string{"--config", "FILE", "--secret-key", key}, false, false},
		"Kubernetes":            {"key", key, 0o644, []string{"--secret-key-file", "FILE"}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, test.file)
			if err := os.WriteFile(file, []byte(test.content+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, test.mode); err != nil {
				t.Fatal(err)
			}
			if test.link {
				if err := os.Symlink(dir, filepath.Join(dir, "..data")); err != nil {
					t.Fatal(err)
				}
			}
			args := strings.Split(strings.ReplaceAll(strings.Join(test.args, "\n"), "FILE", file), "\n")
			cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), append(args, "--mode=development"), config.WithEnvPrefix("NOBODY_SETS"))
			if err != nil {
				t.Fatal(err)
			}
			m := newManager(t, cfg, memstore.New(0))
			found, ok := finding(m.Diagnostics().Findings(t.Context()), "secret-file-open")
			if ok != test.found || ok && !strings.Contains(found.Message+found.Fix, "chmod 600 "+file) {
				t.Errorf("found %v: %+v", ok, found)
			}
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
			if found, ok := finding(m.Diagnostics().Findings(t.Context()), "secret-file-open"); ok {
				t.Errorf("found when it is mended: %+v", found)
			}
		})
	}
}
