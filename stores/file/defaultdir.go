package file

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// DefaultDir names a folder of the user that runs this process, and of the app:
// sessionkit/APP/sessions below [os.UserCacheDir]. For a user without a home it
// is sessionkit-UID-APP below [os.TempDir], which a reboot may empty. It makes
// nothing; Open does, and makes sure that nobody else owns it.
//
// APP is made of [worker.App]. Programs that share their sessions, such as a
// site and its admin pages, have other names, and need a folder named.
func DefaultDir() (string, error) {
	app := folderName(worker.App())
	cache, err := os.UserCacheDir()
	if err == nil {
		return filepath.Join(cache, "sessionkit", app, "sessions"), nil
	}
	uid := os.Geteuid()
	if uid < 0 {
		return "", fmt.Errorf("file store: no folder of this user for sessions: name one: %w", err)
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("sessionkit-%d-%s", uid, app)), nil
}

// maxFolderName keeps within what every file system takes.
const maxFolderName = 100

// folderName makes one path element of an app's name: example.com_shop. What
// does not come out as the only one of its kind gets a hash.
func folderName(app string) string {
	altered := false
	name := strings.TrimLeft(strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return '_'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		altered = true // an upper case letter too: not every file system tells them from lower case
		if r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, app), "._")
	if altered || len(name) != len(app) || len(name) > maxFolderName || name == "" {
		sum := sha256.Sum256([]byte(app))
		name = name[:min(len(name), maxFolderName)] + "-" + hex.EncodeToString(sum[:4])
	}
	return name
}
