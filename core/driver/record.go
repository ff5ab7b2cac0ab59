package driver

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// Record is what a store keeps of a session. Times have millisecond
// resolution.
type Record struct {
	Revision uint64    // 0: never stored
	Created  time.Time // when the session, or the login in it, began
	Deadline time.Time // absolute end
	Expires  time.Time // when the store may forget it: the idle end, never past Deadline
	User     string    // who is logged in, "" for nobody; stores index it
	Realm    string    // see Owner
	Values   Values

	// Label is what the login in the session is called, "" for nothing.
	Label string

	// Idle is the session's own idle time, 0 for the configured one.
	Idle time.Duration

	// Details are what else there is to say of the login, nil for nothing.
	Details *Details

	// Generation is that of the owner's last [Revocation] when the login in
	// the session was made, 0 when there was none. Load gives a session that a
	// revocation has kept the generation of that revocation.
	Generation uint64

	// Successor is for a Save alone, and not stored: the session that takes
	// the place of this one. See [Store].
	Successor ID

	// KeepExpires is for a Save alone, and not stored: Expires stays as it is
	// in the store. See [Store].
	KeepExpires bool

	// Arrives is for a Save alone, and not stored: the record comes from
	// another store, is created here, and keeps its Revision. See [Store].
	Arrives bool
}

// Replaces is the revision that a Save of the record replaces, 0 to create.
func (r *Record) Replaces() uint64 {
	if r.Arrives {
		return 0
	}
	return r.Revision
}

// Next is the revision that a Save gives the record.
func (r *Record) Next() uint64 {
	if r.Arrives {
		return r.Revision
	}
	return r.Revision + 1
}

// MaxIdle is the longest idle time that a record holds.
const MaxIdle = math.MaxInt64 / time.Millisecond * time.Millisecond

// Clone returns a copy that shares nothing that can change.
func (r *Record) Clone() *Record {
	c := *r
	return &c
}

// AppendJSON appends the record as one line of JSON. The revision is the
// first member and the expiry the second, always 13 characters wide, so that a
// store can compare the one and overwrite the other without decoding the rest.
func (r *Record) AppendJSON(b []byte) []byte {
	b = append(b, `{"rev":`...)
	b = strconv.AppendUint(b, r.Revision, 10)
	b = appendWide(append(b, `,"exp":`...), millis(r.Expires))
	b = appendMillis(append(b, `,"end":`...), r.Deadline)
	b = appendMillis(append(b, `,"iat":`...), r.Created)
	if r.Idle != 0 {
		b = strconv.AppendInt(append(b, `,"idle":`...), r.Idle.Milliseconds(), 10)
	}
	if r.User != "" {
		b = jsontext.AppendKey(append(b, `,"user":`...), r.User)
	}
	if r.Realm != "" {
		b = jsontext.AppendKey(append(b, `,"realm":`...), r.Realm)
	}
	if r.Generation != 0 {
		b = strconv.AppendUint(append(b, `,"gen":`...), r.Generation, 10)
	}
	if r.Label != "" {
		b = jsontext.AppendKey(append(b, `,"label":`...), r.Label)
	}
	b = r.Details.appendJSON(b)
	b = append(b, `,"data":`...)
	b = append(b, r.Values.JSON()...)
	return append(b, '}')
}

// maxMillis is the largest time that 13 digits hold, in the year 2286.
const maxMillis = 9_999_999_999_999

func millis(t time.Time) int64 { return min(max(t.UnixMilli(), 0), maxMillis) }

// appendWide appends n with spaces before it, 13 characters in all.
func appendWide(b []byte, n int64) []byte {
	const spaces = "             "
	var digits [len(spaces)]byte
	text := strconv.AppendInt(digits[:0], n, 10)
	return append(append(b, spaces[len(text):]...), text...)
}

func appendMillis(b []byte, t time.Time) []byte {
	return strconv.AppendInt(b, millis(t), 10)
}

// ParseRecord reads what AppendJSON wrote, in any order of members and with
// members it does not know, which it ignores.
func ParseRecord(text string) (*Record, error) {
	r := &Record{}
	sc := jsontext.Scan(text, jsontext.MaxDepth+1) // the values are an object in an object
	for sc.Next() {
		if err := r.setMember(sc.Key, sc.Raw); err != nil {
			return nil, fmt.Errorf("session: record: member %s: %w", sc.Key, err)
		}
	}
	if sc.Err != nil {
		return nil, fmt.Errorf("session: record: %w", sc.Err)
	}
	if r.Revision == 0 || r.Expires.IsZero() || r.Deadline.IsZero() || r.Created.IsZero() {
		return nil, fmt.Errorf("session: record: rev, exp, end or iat is missing")
	}
	return r, nil
}

func (r *Record) setMember(key, raw string) (err error) {
	switch key {
	case `"rev"`:
		r.Revision, err = strconv.ParseUint(raw, 10, 64)
	case `"exp"`:
		r.Expires, err = parseMillis(raw)
	case `"end"`:
		r.Deadline, err = parseMillis(raw)
	case `"iat"`:
		r.Created, err = parseMillis(raw)
	case `"idle"`:
		r.Idle, err = parseIdle(raw)
	case `"user"`:
		r.User, err = parseName(raw)
	case `"realm"`:
		r.Realm, err = parseName(raw)
	case `"label"`:
		r.Label, err = parseName(raw)
	case `"gen"`:
		r.Generation, err = strconv.ParseUint(raw, 10, 64)
	case `"auth"`, `"from"`, `"used"`, `"ended"`:
		err = r.setDetail(key, raw)
	case `"data"`:
		r.Values, err = scanned(raw)
	}
	return err
}

func parseName(raw string) (string, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", fmt.Errorf("not a string")
	}
	return jsontext.Unquote(raw), nil
}

func parseMillis(raw string) (time.Time, error) {
	ms, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(ms), nil
}

func parseIdle(raw string) (time.Duration, error) {
	ms, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || ms < 0 {
		return 0, fmt.Errorf("%s is no time in milliseconds", raw)
	}
	return time.Duration(min(ms, MaxIdle.Milliseconds())) * time.Millisecond, nil
}
