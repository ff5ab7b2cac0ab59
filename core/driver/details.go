package driver

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// Details are what few sessions have. Like Values they are never changed but
// replaced, so stores and requests share them.
type Details struct {
	// Authenticated is when the user has last proved who he is, where that was not
	// at Created; see [Record.Authenticated].
	Authenticated time.Time

	// From is the address that the login came from, or its network, as in
	// "192.0.2.7", "192.0.2.0/24". "" where the app did not want it kept.
	From string

	// Used is when the session was last used, to within some minutes. Zero where the
	// app did not want it kept.
	Used time.Time

	// Ended is why the session has ended, "" while it has not: such a record is left
	// for a while, without user and values, so that it can be told. The manager
	// takes it for none.
	Ended string
}

// Detailed returns the record's details to be changed and put back.
func (r *Record) Detailed() *Details {
	if r.Details == nil {
		return &Details{}
	}
	d := *r.Details
	return &d
}

// Unauthenticated is what Details.Authenticated is where nobody has proved who he is,
// though a user is named: the session was taken over from another library.
var Unauthenticated = time.UnixMilli(0)

// Authenticated is when who is logged in has last proved who he is: by the login, or
// later. It is zero for nobody, and where it is not known.
func (r *Record) Authenticated() time.Time {
	switch {
	case r.User == "":
		return time.Time{}
	case r.Details == nil || r.Details.Authenticated.IsZero():
		return r.Created
	case !r.Details.Authenticated.After(Unauthenticated):
		return time.Time{}
	}
	return r.Details.Authenticated
}

// appendJSON appends what there is as members of a record.
func (d *Details) appendJSON(b []byte) []byte {
	if d == nil {
		return b
	}
	if !d.Authenticated.IsZero() {
		b = appendMillis(append(b, `,"auth":`...), d.Authenticated)
	}
	if d.From != "" {
		b = jsontext.AppendKey(append(b, `,"from":`...), d.From)
	}
	if !d.Used.IsZero() {
		b = appendMillis(append(b, `,"used":`...), d.Used)
	}
	if d.Ended != "" {
		b = jsontext.AppendKey(append(b, `,"ended":`...), d.Ended)
	}
	return b
}

// setDetail reads a member that appendJSON writes.
func (r *Record) setDetail(key, raw string) (err error) {
	d := r.Detailed()
	switch key {
	case `"auth"`:
		d.Authenticated, err = parseMillis(raw)
	case `"from"`:
		d.From, err = parseName(raw)
	case `"used"`:
		d.Used, err = parseMillis(raw)
	case `"ended"`:
		d.Ended, err = parseName(raw)
	}
	r.Details = d
	return err
}
