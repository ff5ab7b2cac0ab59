package session

import (
	"errors"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// renewedTo returns the session that took the place of the one that err is
// about, if that is what err says.
func renewedTo(err error) (successor ID, ok bool) {
	renewed, ok := errors.AsType[*driver.RenewedError](err)
	if !ok {
		return ID{}, false
	}
	return renewed.Successor, true
}
