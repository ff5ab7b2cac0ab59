// Package jsonvalue finds out whether a value survives encoding/json: which part
// of it does not, and why.
package jsonvalue

import "encoding/json"

// CheckText fails when raw, what v was encoded to, is not v's text. path is the
// part of the value under key that is to blame, as in cart.items[2].name; "" for
// all of it.
func CheckText(key string, v any, raw json.RawMessage) (path string, err error) {
	where, err := checkText(key, v, raw)
	return where.path(), err
}

// CheckReturn fails when raw, what v was encoded to by encoding/json, does not
// come back as v.
func CheckReturn(key string, v any, raw json.RawMessage) (path string, err error) {
	where, err := checkReturn(key, v, raw)
	return where.path(), err
}

// Unencodable is the part of v that encoding/json has refused with err, "" when
// it cannot be told.
func Unencodable(key string, v any, err error) (path string) {
	return unencodable(key, v, err).path()
}

// path is the place, "" where it is the whole value.
func (p *place) path() string {
	if p == nil || p.in == nil {
		return ""
	}
	return p.String()
}
