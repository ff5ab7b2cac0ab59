package session

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
	"github.com/gosessionkit/sessionkit/core/internal/saver"
)

// Bounds that no setting moves. The size of a record is a setting
// (--session-max-size), the number of sessions in memory an argument of
// memstore.New.
const (
	// MaxKeyLength is the longest key a session takes, in bytes.
	MaxKeyLength = 256

	// MaxKeys is how many keys a session takes. Values are looked up by going
	// through them: what is more than a few belongs under one key, as a map.
	MaxKeys = saver.MaxKeys

	// MaxCookies is how many cookies of the session's name one request may
	// have looked at. Those behind them are counted and not read.
	MaxCookies = 50

	// MaxCookieHeader is how long the Cookie header of a request may be that
	// asks for its session, in bytes. Browsers and most servers stop far below.
	MaxCookieHeader = 256 << 10
)

var (
	errKeyTooLong     = fmt.Errorf("%w: too long", ErrInvalidKey)
	errTooDeep        = fmt.Errorf("nested deeper than %d", jsontext.MaxDepth)
	errTooManyCookies = errors.New("session: too many cookies of the session's name")
	errLongHeader     = fmt.Errorf("%w: the Cookie header", ErrTooLarge)
)

// limits names what is bounded, and the error by which a refusal is known.
// The first that fits counts.
var limits = [...]struct {
	name string
	err  error
}{
	{"keys", saver.ErrTooManyKeys},
	{"key_length", errKeyTooLong},
	{"depth", errTooDeep},
	{"header", errLongHeader},
	{"size", ErrTooLarge},
	{"sessions", ErrStoreFull},
	{"cookies", errTooManyCookies},
}

func limitNames() (names []string) {
	for i := range limits {
		names = append(names, limits[i].name)
	}
	return names
}

// refused counts err if it is a limit's, and returns it.
func (m *manager) refused(err error) error {
	if err == nil {
		return nil
	}
	for i := range limits {
		if errors.Is(err, limits[i].err) {
			m.limited.Add(limits[i].name)
			break
		}
	}
	return err
}

// headerError is answered with 431.
type headerError int

func (n headerError) Error() string {
	return fmt.Sprintf("%v has %d bytes, the limit is %d (session.MaxCookieHeader): the browser has to delete cookies", errLongHeader, int(n), MaxCookieHeader)
}

func (headerError) Unwrap() error   { return errLongHeader }
func (headerError) HTTPStatus() int { return http.StatusRequestHeaderFieldsTooLarge }

// checkHeader refuses a Cookie header that is too long to be looked at. Of a token
// in a header of its own no more is looked at than a good one has.
func (x *Exchange) checkHeader() error {
	if x.source != 0 {
		return nil
	}
	n := 0
	for _, line := range x.lines() {
		n += len(line)
	}
	if n > MaxCookieHeader {
		return headerError(n)
	}
	return nil
}
