package file

import (
	"errors"
	"syscall"
	"time"
)

const sharingViolation syscall.Errno = 32

// whileBusy repeats what fails because another process has the file open at
// this moment: here a file cannot be replaced or removed meanwhile, and
// readers keep it open for some microseconds.
func whileBusy(do func() error) error {
	deadline := time.Now().Add(time.Second)
	for {
		err := do()
		busy := errors.Is(err, sharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
		if !busy || time.Now().After(deadline) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}
