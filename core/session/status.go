package session

import (
	"context"
	"net/http"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
)

// statusClientClosed is what nginx logs for a browser that left before it had
// its answer. RFC 9110 has no status for that, and nobody reads it but logs.
const statusClientClosed = 499

// statuses are what errors of the kit are answered with, and those of contexts
// that the kit hands on. What is not here is the app's.
var statuses = [...]struct {
	err    error
	status int
}{
	{ErrUnavailable, http.StatusServiceUnavailable},
	{ErrStoreFull, http.StatusServiceUnavailable},
	{ErrClosed, http.StatusServiceUnavailable},
	{ErrContended, http.StatusServiceUnavailable},
	{ErrGone, http.StatusConflict},
	{ErrDestroyed, http.StatusConflict},
	{ErrTooLarge, http.StatusRequestEntityTooLarge},
	{context.DeadlineExceeded, http.StatusServiceUnavailable},
	{context.Canceled, statusClientClosed},
	{ErrNoMiddleware, http.StatusInternalServerError},
	{ErrHeadersSent, http.StatusInternalServerError},
	{ErrInvalidKey, http.StatusInternalServerError},
	{ErrNoUserIndex, http.StatusInternalServerError},
	{ErrNoListing, http.StatusInternalServerError},
	{driver.ErrNotFound, http.StatusInternalServerError},
}

// HTTPStatus is the status code that an answer to err should have:
//
//   - 503 when the store is unreachable, full, closed or too contended, and
//     when a deadline has passed: trying again later helps;
//   - 409 when the session ended while the request was running: what the
//     request wanted to save was not saved;
//   - 413 when the session would exceed its size limit;
//   - 401 for auth.ErrNotLoggedIn and auth.ErrNotFresh, 400 for auth.ErrInvalidUser and
//     ErrInvalidLabel;
//   - 499 when the browser left (context.Canceled), which only logs see;
//   - for an error of the app's, what it says itself through a method
//     HTTPStatus() int;
//   - 500 otherwise.
//
// Of several errors that err wraps the outermost decides: an app's error around
// one of the kit is the app's, and ErrUnavailable around one of a store is the
// kit's.
func HTTPStatus(err error) int {
	status, _ := find(err)
	if status < 100 || status > 999 {
		return http.StatusInternalServerError
	}
	return status
}

// KitStatus is HTTPStatus for adapters that translate what handlers returned.
// ours reports whether the kit made the error; an app's own goes to the app's
// error handler as it is.
func KitStatus(err error) (status int, ours bool) { return find(err) }

// StatusText is http.StatusText with a text for 499.
func StatusText(status int) string {
	if status == statusClientClosed {
		return "Client Closed Request"
	}
	return http.StatusText(status)
}

// find goes through err and what it wraps, outermost first, until one of them
// has a status.
func find(err error) (status int, ours bool) {
	if err == nil {
		return 0, false
	}
	switch e := err.(type) {
	case *kiterror.Error:
		return e.Status, true
	case headerError:
		return e.HTTPStatus(), true
	case *TypeError, *driver.ConflictError:
		return http.StatusInternalServerError, true
	case interface{ HTTPStatus() int }:
		return e.HTTPStatus(), false
	}
	for i := range statuses {
		if err == statuses[i].err {
			return statuses[i].status, true
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return find(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, wrapped := range e.Unwrap() {
			if status, ours = find(wrapped); status != 0 {
				return status, ours
			}
		}
	}
	return 0, false
}
