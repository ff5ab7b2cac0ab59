//go:build !linux && !darwin

package file

import (
	"errors"
	"runtime"
)

// filesystemOf is for systems where there is no way to ask without more code
// than the answer is worth.
func filesystemOf(string) (filesystem, error) {
	return filesystem{}, errors.New("not looked up on " + runtime.GOOS)
}
