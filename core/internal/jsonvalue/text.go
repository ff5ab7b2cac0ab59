package jsonvalue

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"
)

// JSON is UTF-8 (RFC 8259, section 8.1), and encoding/json puts U+FFFD in the
// place of what is not: the text comes back altered, and two keys of a map
// become one. It writes those with an escape, and a U+FFFD that was in the text
// as it is, so whether to look for the culprit is seen in what it wrote.

// ErrNotUTF8: a text is not UTF-8.
var ErrNotUTF8 = errors.New("it is not UTF-8: store bytes as []byte")

var escapedReplacement = []byte(`\ufffd`)

// checkText fails when raw, what v was encoded to, is not v's text.
func checkText(key string, v any, raw json.RawMessage) (found *place, err error) {
	valid := utf8.Valid(raw)
	if valid && !bytes.Contains(raw, escapedReplacement) {
		return nil, nil
	}
	placeOf(key).walk(reflect.ValueOf(v), func(p *place, v reflect.Value) verdict {
		switch {
		case null(v):
			return past
		case v.Kind() != reflect.Interface && writesItself(v):
			if found = alteredByItself(p, v); found == nil {
				return past
			}
		case v.Kind() == reflect.String && !utf8.ValidString(v.String()):
			found = p
		}
		if found != nil {
			return stop
		}
		return into
	})
	if found != nil || !valid {
		return found, ErrNotUTF8
	}
	return nil, nil
}

// alteredByItself looks at what a value's own method writes, and at what it may
// have made that from: a replacement that was there before is none of its doing.
func alteredByItself(p *place, v reflect.Value) *place {
	if v.CanAddr() && !implements(v.Type(), marshaler, textMarshaler) {
		v = v.Addr()
	}
	if !v.CanInterface() {
		return nil
	}
	switch m := v.Interface().(type) {
	case json.Marshaler:
		raw, err := m.MarshalJSON()
		if err != nil || utf8.Valid(raw) && !bytes.Contains(raw, escapedReplacement) {
			return nil
		}
		inside := memorySearch{seen: map[uintptr]bool{}}
		if found := inside.look(p, v); found != nil {
			return found
		}
		if inside.replaced && utf8.Valid(raw) {
			return nil
		}
		return p
	case encoding.TextMarshaler:
		if text, err := m.MarshalText(); err == nil && !utf8.Valid(text) {
			return p
		}
	}
	return nil
}

// memorySearch looks for text that is not UTF-8 in all that a value holds.
type memorySearch struct {
	seen     map[uintptr]bool // pointers, as there may be circles
	replaced bool             // there was text that has U+FFFD, or its escape, in it already
}

func (s *memorySearch) look(p *place, v reflect.Value) *place {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || s.seen[v.Pointer()] {
			return nil
		}
		s.seen[v.Pointer()] = true
		return s.look(p, v.Elem())
	case reflect.Interface:
		if !v.IsNil() {
			return s.look(p, v.Elem())
		}
	case reflect.String:
		return s.text(p, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if found := s.look(p.field(v.Type().Field(i).Name), v.Field(i)); found != nil {
				return found
			}
		}
	case reflect.Map:
		if s.seen[v.Pointer()] {
			return nil
		}
		s.seen[v.Pointer()] = true
		for pairs := v.MapRange(); pairs.Next(); {
			in := p.key(pairs.Key())
			if found := cmp.Or(s.look(in, pairs.Key()), s.look(in, pairs.Value())); found != nil {
				return found
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return s.text(p, string(bytesOf(v)))
		}
		for i := range v.Len() {
			if found := s.look(p.index(i), v.Index(i)); found != nil {
				return found
			}
		}
	}
	return nil
}

func bytesOf(v reflect.Value) []byte {
	if v.Kind() == reflect.Slice {
		return v.Bytes()
	}
	b := make([]byte, v.Len())
	for i := range b {
		b[i] = byte(v.Index(i).Uint())
	}
	return b
}

func (s *memorySearch) text(p *place, text string) *place {
	if !utf8.ValidString(text) {
		return p
	}
	s.replaced = s.replaced || strings.ContainsRune(text, utf8.RuneError) || strings.Contains(strings.ToLower(text), string(escapedReplacement))
	return nil
}
