package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// fail says what could not be done to which session, where, and what to do.
func (s *Store) fail(doing string, id driver.ID, err error) error {
	return s.failAll(doing+" session "+id.Short(), err)
}

// failAll is fail for what concerns no session alone.
func (s *Store) failAll(doing string, err error) error {
	if _, said := err.(*FolderError); said {
		return err
	}
	failure := fmt.Errorf("file store: %s in %s: %w", doing, s.dir, bare(err))
	if fix := advice(err); fix != "" {
		failure = &advised{failure, fix}
	}
	return failure
}

// advised is a failure that an operator can end.
type advised struct {
	error
	fix string
}

func (e *advised) Error() string { return e.error.Error() + ": " + e.fix }

func (e *advised) Unwrap() error { return e.error }

// Advice is what package check tells as the fix.
func (e *advised) Advice() string { return e.fix }

// bare is the cause without the path: a session's path holds its whole id,
// which does not belong into logs.
func bare(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}

// advice says what helps against the causes that an operator can end.
func advice(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "free some space or inodes there (df -h, df -i)"
	case errors.Is(err, syscall.EDQUOT):
		return "raise the user's disk quota"
	case errors.Is(err, syscall.EROFS):
		return "mount it writable"
	case errors.Is(err, syscall.EMFILE):
		return "raise the limit of open files (ulimit -n)"
	case errors.Is(err, fs.ErrPermission):
		return "give the folder and all in it to the user that runs this program (chown -R)"
	}
	return ""
}
