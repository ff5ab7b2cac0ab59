package guard

import (
	"errors"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// EndedError is the error of a Load for a session that has ended, and whose record
// stays for a while to say why. It is a driver.ErrNotFound.
type EndedError struct {
	Reason string // as in driver.Details
}

func (e *EndedError) Error() string {
	return driver.ErrNotFound.Error() + ": it was ended: " + e.Reason
}

// Is makes it an ErrNotFound.
func (e *EndedError) Is(target error) bool { return target == driver.ErrNotFound }

// living is what a Load has answered, without records of sessions that have ended.
func living(r *driver.Record, err error) (*driver.Record, error) {
	if err == nil && r.Details != nil && r.Details.Ended != "" {
		return nil, &EndedError{r.Details.Ended}
	}
	return r, err
}

// replaced is what a Save has answered: on the record of a session that has ended
// nothing is replayed.
func replaced(err error) error {
	if err == nil {
		return nil
	}
	if conflict, ok := errors.AsType[*driver.ConflictError](err); ok && conflict.Current.Detailed().Ended != "" {
		return driver.ErrGone
	}
	return err
}
