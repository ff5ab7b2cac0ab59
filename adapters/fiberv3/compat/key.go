package session

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"reflect"
	"strings"
)

// opaque begins the names of keys that are no strings, and of strings that begin
// with it.
const opaque = "\x00"

// nameOf is the name of a key, which may be of any type that Fiber could save, but
// for structs and arrays: gob writes these differently from process to process. It
// copies what it keeps: Fiber overwrites its strings.
func nameOf(key any) (string, error) {
	if text, ok := key.(string); ok && !strings.HasPrefix(text, opaque) {
		return strings.Clone(text), nil
	}
	switch kind := reflect.ValueOf(key).Kind(); {
	case kind >= reflect.Bool && kind <= reflect.Complex128, kind == reflect.String:
	default:
		return "", fmt.Errorf("session: a key of type %T: use a string, or another basic type", key)
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(&key); err != nil {
		return "", fmt.Errorf("session: a key of type %T: %w", key, err)
	}
	return opaque + base64.StdEncoding.EncodeToString(b.Bytes()) + opaque, nil
}

// keyOf is the key that nameOf has made name of; where this worker does not know
// its type, the name.
func keyOf(name string) any {
	text, ok := strings.CutPrefix(name, opaque)
	if !ok {
		return name
	}
	var key any
	data, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, opaque))
	if err != nil || gob.NewDecoder(bytes.NewReader(data)).Decode(&key) != nil {
		return name
	}
	return key
}
