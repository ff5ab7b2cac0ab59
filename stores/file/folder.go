package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FolderError says why a folder cannot hold sessions, or that it is missing,
// and what to do.
type FolderError struct {
	Dir     string // the folder, "" when none was named
	Problem string // what is wrong with it
	Fix     string // what puts it right
	Err     error  // the cause, where there is one
}

func (e *FolderError) Error() string {
	text := "file store: "
	if e.Dir != "" {
		text += fmt.Sprintf("folder %q ", e.Dir)
	}
	text += e.Problem
	if e.Err != nil {
		text += ": " + bare(e.Err).Error()
	}
	return text + ": " + e.Fix
}

func (e *FolderError) Unwrap() error { return e.Err }

// Advice is Fix, which package check tells where the store does not answer.
func (e *FolderError) Advice() string { return e.Fix }

// claim makes the store's folder where it is missing, and makes sure that it
// is private.
func (s *Store) claim() error {
	err := s.examine()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err = os.MkdirAll(filepath.Dir(s.dir), 0o700); err == nil {
		err = mkdir(s.dir)
	}
	if err != nil {
		return &FolderError{s.dir, "cannot be made", "make it as the user that runs this program (mkdir -m 700), or choose another folder", err}
	}
	return s.examine()
}

// examine makes sure that the store's folder is private: what lies in it
// gives away sessions, and who may write in it decides who is logged in. One
// that is not is refused by every method until it is put right.
func (s *Store) examine() error {
	err := s.look()
	s.refused.Store(err != nil && !errors.Is(err, fs.ErrNotExist))
	return err
}

func (s *Store) look() error {
	info, err := s.reach()
	var refused *FolderError
	switch {
	case errors.As(err, &refused):
		return err
	case err != nil:
		return &FolderError{s.dir, "cannot be reached", "make every part of the path a folder that the user of this program may enter, or choose another folder", err}
	}
	return s.private(info)
}

// private reports whether only this process's user gets at the folder.
func (s *Store) private(info fs.FileInfo) error {
	switch mode := info.Mode().Perm(); {
	case !info.IsDir():
		return &FolderError{s.dir, "is a file", "remove it, or choose another folder", nil}
	case !s.ours(info):
		return &FolderError{
			s.dir,
			fmt.Sprintf("belongs to user %d, this program runs as user %d", ownerOf(info), s.uid),
			fmt.Sprintf("run it as that user, give it the folder with \"chown -R %d %s\", or choose another folder; remove it if you do not know who made it", s.uid, s.dir),
			nil,
		}
	case hasModes && mode&0o077 != 0:
		return &FolderError{
			s.dir,
			fmt.Sprintf("is open to other users (mode %04o)", mode),
			fmt.Sprintf("run \"chmod 700 %s\", or name a folder in it that does not exist yet", s.dir),
			nil,
		}
	}
	return nil
}

// ours reports whether the user that runs this process owns the file.
func (s *Store) ours(info fs.FileInfo) bool {
	return !hasModes || ownerOf(info) == s.uid
}

// makeFolder makes a folder below the store's, with all that is missing
// above it. One of ours that is there already is fine.
//
// The store's own folder is looked at each time. When ours was removed from a
// folder where everybody may write, such as /tmp, somebody else may have put
// one in its place; what is made in that he can move away and back.
func (s *Store) makeFolder(dir string) error {
	if dir == s.dir {
		return s.claim()
	}
	parent := filepath.Dir(dir)
	if err := s.makeFolder(parent); err != nil {
		return err
	}
	err := s.own(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = mkdir(dir); err == nil {
			err = s.own(dir)
		}
		if err == nil && s.sync {
			err = syncFolder(parent)
		}
	}
	return err
}

// own makes sure that a folder below the store's is ours. Its mode does not
// matter: nobody else gets past the one above.
func (s *Store) own(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !s.ours(info) {
		err = foreign(dir)
	}
	return err
}

func foreign(dir string) error {
	return &FolderError{
		Dir:     dir,
		Problem: "belongs to another user",
		Fix:     "find out who put it there, then remove it",
	}
}

// mkdir makes one folder, 0700 whatever the umask.
func mkdir(dir string) error {
	switch err := os.Mkdir(dir, 0o700); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return os.Chmod(dir, 0o700)
}
