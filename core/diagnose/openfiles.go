package diagnose

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
)

// othersMay are the permission bits of everybody but the owner and the group.
const othersMay = 0o006

// openFiles lists the files that the secrets of the configuration were read
// from and that every user of the machine may read or change.
func openFiles(cfg config.Config) (open []string) {
	for _, s := range cfg.Secrets() {
		if s.File == "" || slices.Contains(open, s.File) || isMounted(s.File) {
			continue
		}
		info, err := os.Stat(s.File)
		if err == nil && info.Mode().IsRegular() && info.Mode()&othersMay != 0 && runtime.GOOS != "windows" {
			open = append(open, s.File)
		}
	}
	return open
}

// isMounted reports whether Docker or Kubernetes put the file into this
// container: the one in /run/secrets, the other where it is told, with a link
// beside the file.
func isMounted(file string) bool {
	path, err := filepath.Abs(file)
	if err != nil {
		return false
	}
	if strings.HasPrefix(path, "/run/secrets/") || strings.HasPrefix(path, "/var/run/secrets/") {
		return true
	}
	info, err := os.Lstat(filepath.Join(filepath.Dir(path), "..data"))
	return err == nil && info.Mode()&os.ModeSymlink != 0
}
