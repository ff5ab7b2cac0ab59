package untyped

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
	"github.com/gosessionkit/sessionkit/core/internal/jsonvalue"
	"github.com/gosessionkit/sessionkit/core/session"
)

// KeepTypes is a codec that gives back the type that was put, where it is asked
// for an any:
//
//	session.Set[any](s, "age", int32(7))
//	v, err := session.Get[any](s, "age") // int32(7)
//
// It is for apps whose session is a map of any, and for adapters with the method
// set of a library that has one. Strings, bools, int and float64 are stored as
// plain JSON, a float64 always with a point or an exponent; other numbers, bytes,
// times and []any as an object with one member that names the type, such as
// {"$int32":7}; the rest as encoding/gob, {"$gob":"..."}, whose types the app
// registers with gob.Register. What [session.JSON] has written it reads as JSON does.
//
// A [json.RawMessage] gets the value as it is stored. Where another type than any is asked for, the value has to be of it, or be
// plain JSON that can be decoded into it.
var KeepTypes session.Codec = keepTypes{}

type keepTypes struct{}

func (keepTypes) Marshal(v any) (json.RawMessage, error) {
	raw, err := appendTyped(nil, v)
	return raw, err
}

func (keepTypes) Unmarshal(raw json.RawMessage, v any) error {
	if to, ok := v.(*any); ok {
		var err error
		*to, err = parseTyped(raw)
		return err
	}
	if to, ok := v.(*json.RawMessage); ok {
		*to = bytes.Clone(raw)
		return nil
	}
	if _, _, tagged := tagOf(raw); !tagged {
		return jsonvalue.Unmarshal(raw, v)
	}
	value, err := parseTyped(raw)
	if err != nil {
		return err
	}
	from, to := reflect.ValueOf(value), reflect.ValueOf(v).Elem()
	if !from.IsValid() || !from.Type().AssignableTo(to.Type()) {
		return fmt.Errorf("it holds a %T", value)
	}
	to.Set(from)
	return nil
}

// The names of types in a record.
const (
	tagList  = "$list"
	tagBytes = "$bytes"
	tagTime  = "$time"
	tagText  = "$text" // of strings that are no UTF-8
	tagGob   = "$gob"
)

func appendTyped(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case string:
		return appendText(b, v)
	case float64:
		if text := strconv.FormatFloat(v, 'g', -1, 64); v == v && v-v == 0 { // neither NaN nor infinite
			if !strings.ContainsAny(text, ".e") {
				text += ".0"
			}
			return append(b, text...), nil
		}
	case int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Appendf(b, `{"$%T":%d}`, v, v), nil
	case []byte:
		if v != nil {
			return appendTagged(b, tagBytes, base64.StdEncoding.EncodeToString(v)), nil
		}
	case time.Time:
		if text, err := v.MarshalText(); err == nil {
			return appendTagged(b, tagTime, string(text)), nil
		}
	case []any:
		if v != nil {
			return appendList(b, v)
		}
	}
	return appendGob(b, v)
}

func appendTagged(b []byte, tag, text string) []byte {
	return append(append(append(append(append(b, `{"`...), tag...), `":"`...), text...), `"}`...)
}

func appendText(b []byte, s string) ([]byte, error) {
	switch {
	case jsontext.Plain(s):
		return append(append(append(b, '"'), s...), '"'), nil
	case !utf8.ValidString(s):
		return appendTagged(b, tagText, base64.StdEncoding.EncodeToString([]byte(s))), nil
	}
	return jsontext.AppendKey(b, s), nil
}

func appendList(b []byte, list []any) (_ []byte, err error) {
	b = append(b, `{"`+tagList+`":[`...)
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendTyped(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, "]}"...), nil
}

func appendGob(b []byte, v any) (_ []byte, err error) {
	defer func() {
		if failure := recover(); failure != nil { // encoding/gob panics for a nil pointer
			err = fmt.Errorf("encoding/gob: %v", failure)
		}
	}()
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(&v); err != nil {
		return nil, fmt.Errorf("%w: register the type with gob.Register, in an init of the app's", err)
	}
	return appendTagged(b, tagGob, base64.StdEncoding.EncodeToString(data.Bytes())), nil
}

// tagOf splits an object with one member that names a type.
func tagOf(raw json.RawMessage) (tag string, value json.RawMessage, ok bool) {
	if len(raw) < 4 || raw[0] != '{' || raw[1] != '"' || raw[2] != '$' {
		return "", nil, false
	}
	sc := jsontext.Scan(string(raw), jsontext.MaxDepth)
	if !sc.Next() {
		return "", nil, false
	}
	tag, value = jsontext.Unquote(sc.Key), json.RawMessage(sc.Raw)
	return tag, value, !sc.Next() && sc.Err == nil
}

func parseTyped(raw json.RawMessage) (any, error) {
	tag, value, ok := tagOf(raw)
	switch {
	case ok:
		return parseTagged(tag, value, raw)
	case len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'):
		if n, err := strconv.Atoi(string(raw)); err == nil {
			return n, nil
		}
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil && bytes.ContainsAny(raw, ".eE") {
			return f, nil
		}
	case len(raw) > 1 && raw[0] == '"':
		if inner := string(raw[1 : len(raw)-1]); raw[len(raw)-1] == '"' && jsontext.Plain(inner) {
			return inner, nil
		}
	}
	var v any
	err := jsonvalue.Unmarshal(raw, &v)
	return v, err
}

func parseTagged(tag string, value, raw json.RawMessage) (any, error) {
	if t, ok := typedNumbers[tag]; ok {
		n := reflect.New(t)
		err := json.Unmarshal(value, n.Interface())
		return n.Elem().Interface(), err
	}
	switch tag {
	case tagList:
		return parseList(value)
	case tagBytes, tagText, tagGob, tagTime:
	default: // an object of the app's own
		var v any
		err := jsonvalue.Unmarshal(raw, &v)
		return v, err
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, err
	}
	if tag == tagTime {
		t, err := time.Parse(time.RFC3339Nano, text)
		return t, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return nil, err
	case tag == tagText:
		return string(data), nil
	case tag == tagBytes:
		return data, nil
	}
	return parseGob(data)
}

func parseGob(data []byte) (v any, err error) {
	if err = gob.NewDecoder(bytes.NewReader(data)).Decode(&v); err == nil && v == nil {
		err = errors.New("encoding/gob: no value")
	}
	return v, err
}

func parseList(raw json.RawMessage) (any, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	list := make([]any, len(items))
	for i := range items {
		var err error
		if list[i], err = parseTyped(items[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

var typedNumbers = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, v := range []any{int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0)} {
		types[fmt.Sprintf("$%T", v)] = reflect.TypeOf(v)
	}
	return types
}()
