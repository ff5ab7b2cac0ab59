package file

import (
	"fmt"
	"os"
	"path/filepath"
)

// DefaultDir names a folder of the user that runs this process:
// sessionkit/sessions below [os.UserCacheDir]. For a user without a home it
// is sessionkit-UID below [os.TempDir], which a reboot may empty. It makes
// nothing; Open does, and makes sure that nobody else owns it.
//
// Every app of the user gets the same folder, so an app that shares its
// machine and user with another one should name its own.
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		return filepath.Join(cache, "sessionkit", "sessions"), nil
	}
	uid := os.Geteuid()
	if uid < 0 {
		return "", fmt.Errorf("file store: no folder of this user for sessions: name one: %w", err)
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("sessionkit-%d", uid)), nil
}
