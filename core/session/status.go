package session

import (
	"errors"
	"net/http"
)

// HTTPStatus is the status code that an answer to err should have:
//
//   - 503 when the store is unreachable, full, closed or too contended: trying
//     again later helps;
//   - 409 when the session ended while the request was running: what the
//     request wanted to save was not saved;
//   - 413 when the session would exceed its size limit;
//   - what the error itself says through a method HTTPStatus() int;
//   - 500 otherwise.
func HTTPStatus(err error) int {
	var own interface{ HTTPStatus() int }
	switch {
	case errors.As(err, &own):
		return own.HTTPStatus()
	case errors.Is(err, ErrGone), errors.Is(err, ErrDestroyed):
		return http.StatusConflict
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrUnavailable), errors.Is(err, ErrStoreFull), errors.Is(err, ErrClosed), errors.Is(err, ErrContended):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// IsOurs tells whether err is one of the kit's own that HTTPStatus knows a
// better answer to than 500, for adapters that translate errors which a
// handler returned.
func IsOurs(err error) bool {
	return err != nil && HTTPStatus(err) != http.StatusInternalServerError
}
