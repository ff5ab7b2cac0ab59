package file

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// Ping implements [driver.Pinger]. It writes a file of one byte and removes
// it, and makes the folder where it is missing.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.claim(); err != nil {
		return err
	}
	if err := s.survey(); err != nil {
		return s.failAll("list the folders of sessions", err)
	}
	return s.tryOut()
}

// tryOut finds out whether the folder can be written to, and whether its file
// system has what the store needs: times of files, and locks.
func (s *Store) tryOut() error {
	trial := filepath.Join(s.dir, fmt.Sprintf(".trial.%08x%s", rand.Uint32(), tempSuffix))
	defer os.Remove(trial)
	if err := s.writeNew(trial, []byte("?")); err != nil {
		return &FolderError{s.dir, "cannot be written to", cmp.Or(advice(err), "choose another folder"), err}
	}
	const other = "choose a folder on a local file system"
	then := time.UnixMilli(time.Now().Add(time.Hour).UnixMilli())
	if err := setExpiry(trial, then); err != nil {
		return &FolderError{s.dir, "does not let files have their time set", other, err}
	}
	info, err := os.Lstat(trial)
	if err != nil {
		return &FolderError{s.dir, "lost a file just written", other, err}
	}
	if off := info.ModTime().Sub(then).Abs(); off > 2*time.Second { // FAT counts in these
		return &FolderError{s.dir, fmt.Sprintf("keeps the times of files wrong by %v", off), other, nil}
	}
	lock := lockFile(trial)
	if _, err := lock.TryLock(); err != nil {
		return &FolderError{s.dir, "has no working file locks", other, err}
	}
	lock.Unlock()
	return nil
}
