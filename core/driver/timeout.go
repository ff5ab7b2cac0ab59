package driver

import "errors"

// IsTimeout reports whether err, or what it wraps, is a timeout by its own word:
// its method Timeout returns true.
func IsTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && timeout.Timeout()
}
