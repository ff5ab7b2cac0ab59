package jsonvalue

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/gosessionkit/sessionkit/core/internal/jsontext"
)

// place is a part of a value and the way to it, written out only when somebody
// is told.
type place struct {
	in   *place
	step string // ".name", or a key in brackets; of the outermost the session's key
	item int    // of a list, when step is ""
}

func (p *place) field(name string) *place { return &place{in: p, step: "." + name} }
func (p *place) index(i int) *place       { return &place{in: p, item: i} }

func (p *place) key(k reflect.Value) *place {
	text := ""
	switch {
	case k.Kind() == reflect.String:
		text = strconv.Quote(shorten(k.String()))
	case k.CanInterface():
		text = shorten(fmt.Sprint(k.Interface()))
	}
	return &place{in: p, step: "[" + text + "]"}
}

// shorten bounds what is shown of a text that may be the visitor's.
func shorten(text string) string {
	const most = 40
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

// String gives the place as in cart.items[2].name.
func (p *place) String() string {
	var steps []string
	for ; p != nil; p = p.in {
		if p.step == "" {
			steps = append(steps, "["+strconv.Itoa(p.item)+"]")
		} else {
			steps = append(steps, p.step)
		}
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return b.String()
}

// placeOf is the place of the whole value under a session's key.
func placeOf(key string) *place {
	if !jsontext.IsWord(key) {
		key = strconv.Quote(key)
	}
	return &place{step: key}
}

// verdict is what becomes of a walk.
type verdict int

const (
	into verdict = iota // go on with what is inside
	past                // go on with what comes after
	stop
)

// walk visits v and, from the outside in, each part that encoding/json writes
// of it. It reports whether it was stopped. There are no circles: encoding/json
// has been there before.
func (p *place) walk(v reflect.Value, visit func(p *place, v reflect.Value) verdict) (stopped bool) {
	if !v.IsValid() {
		return false
	}
	if verdict := visit(p, v); verdict != into {
		return verdict == stop
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return p.walk(v.Elem(), visit)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if name, written := jsonField(f); written && p.of(f, name).walk(v.Field(i), visit) {
				return true
			}
		}
	case reflect.Map:
		for pairs := v.MapRange(); pairs.Next(); {
			in, key := p.key(pairs.Key()), pairs.Key()
			if key.Kind() == reflect.String { // whatever methods it has
				key = reflect.ValueOf(key.String())
			}
			if visit(in, key) == stop || in.walk(pairs.Value(), visit) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		if isBytes(v.Type()) {
			return false // one string in base64
		}
		for i := range v.Len() {
			if p.index(i).walk(v.Index(i), visit) {
				return true
			}
		}
	}
	return false
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// jsonField is what encoding/json makes of a struct's field.
func jsonField(f reflect.StructField) (name string, written bool) {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Tag.Get("json") == "-":
		return f.Name, false
	case !f.IsExported() && !promotes(f):
		return f.Name, false
	case tag != "":
		return tag, true
	}
	return f.Name, true
}

// promotes reports whether the fields of an embedded struct are written as if
// they were those of the struct around it.
func promotes(f reflect.StructField) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return f.Anonymous && t.Kind() == reflect.Struct && tag == ""
}

// of is the place of the field f in p.
func (p *place) of(f reflect.StructField, name string) *place {
	if promotes(f) {
		return p
	}
	return p.field(name)
}

var (
	marshaler       = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// writesItself reports whether v has a MarshalJSON or MarshalText that
// encoding/json uses.
func writesItself(v reflect.Value) bool {
	t := v.Type()
	return implements(t, marshaler, textMarshaler) || v.CanAddr() && implements(reflect.PointerTo(t), marshaler, textMarshaler)
}

// readsItself reports whether encoding/json leaves the reading to t's own
// methods.
func readsItself(t reflect.Type) bool {
	return implements(t, unmarshaler, textUnmarshaler) || implements(reflect.PointerTo(t), unmarshaler, textUnmarshaler)
}

func implements(t reflect.Type, either, or reflect.Type) bool {
	return t.Implements(either) || t.Implements(or)
}
