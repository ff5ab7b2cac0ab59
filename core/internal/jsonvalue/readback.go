package jsonvalue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// What encoding/json leaves out or cannot read back is missed in the next
// request, and on another worker. So outside of production each value is read
// back when it is set, and compared.

// checkReturn fails when raw, what v was encoded to, does not come back as v.
func checkReturn(key string, v any, raw json.RawMessage) (*place, error) {
	if v == nil {
		return nil, nil
	}
	before, after := reflect.New(reflect.TypeOf(v)).Elem(), reflect.New(reflect.TypeOf(v))
	before.Set(reflect.ValueOf(v))
	if err := Unmarshal(raw, after.Interface()); err != nil {
		return unreadable(placeOf(key), reflect.ValueOf(v), err)
	}
	if d := (comparison{}).compare(placeOf(key), before, after.Elem()); d != nil {
		if _, ok := v.(error); ok {
			return nil, errors.New(noError)
		}
		return d.place, errors.New(d.why)
	}
	return nil, nil
}

// difference is a part of a value that does not come back, and why.
type difference struct {
	place *place
	why   string
}

func (p *place) differs(format string, args ...any) *difference {
	return &difference{p, fmt.Sprintf(format, args...)}
}

const noError = "an error cannot be read back: store what it says, as a string"

const otherwise = "or give the type an Equal method that says what matters"

// compare returns where a, before it was stored, differs from b, of the same
// type.
func (c comparison) compare(p *place, a, b reflect.Value) *difference {
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if b.IsNil() && null(a) || a.Kind() == reflect.Pointer && a.Pointer() == b.Pointer() {
			return nil
		} else if a.IsNil() || b.IsNil() {
			return p.differs("it comes back as nil")
		}
	}
	if same, known := equal(a, b); known {
		if same {
			return nil
		}
		return p.differs("it comes back as another %s: its Equal method says so", a.Type())
	}
	if d, known := c.compareWritten(p, a, b); known {
		return d
	}
	switch a.Kind() {
	case reflect.Interface:
		return c.compareAny(p, a.Elem(), b.Elem())
	case reflect.Pointer:
		if c.again(a, b) {
			return nil
		}
		return c.compare(p, a.Elem(), b.Elem())
	case reflect.Struct:
		return c.compareFields(p, a, b)
	case reflect.Map:
		return c.comparePairs(p, a, b)
	case reflect.Slice, reflect.Array:
		return c.compareItems(p, a, b)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if !a.IsNil() || !b.IsNil() {
			return p.differs("a %s cannot be stored", a.Kind())
		}
	default:
		if !a.Equal(b) {
			return p.differs("it comes back as another %s", a.Type())
		}
	}
	return nil
}

// null reports whether encoding/json writes v as null: a pointer or an interface
// that leads to nil.
func null(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || null(v.Elem())
	case reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}

// equal asks a's Equal method, if it has one for its own type.
func equal(a, b reflect.Value) (same, known bool) {
	if a.Kind() == reflect.Interface || !a.CanInterface() {
		return false, false
	}
	t, method := a.Type(), a.MethodByName("Equal")
	if !method.IsValid() && a.CanAddr() {
		method = a.Addr().MethodByName("Equal")
	}
	if !method.IsValid() {
		return false, false
	}
	m := method.Type()
	if m.NumIn() != 1 || m.NumOut() != 1 || m.Out(0).Kind() != reflect.Bool || m.IsVariadic() {
		return false, false
	}
	switch {
	case m.In(0) == t:
	case m.In(0) == reflect.PointerTo(t) && b.CanAddr():
		b = b.Addr()
	default:
		return false, false
	}
	return method.Call([]reflect.Value{b})[0].Bool(), true
}

// compareWritten compares what a and b write of themselves, if their type does
// that and reads it again: then it knows what matters. A method that comes from
// an embedded type knows that one alone.
func (c comparison) compareWritten(p *place, a, b reflect.Value) (d *difference, known bool) {
	if a.Kind() == reflect.Interface || !a.CanInterface() || !writesItself(a) || !readsItself(a.Type()) {
		return nil, false
	}
	textA, errA := marshal(a)
	textB, errB := marshal(b)
	if errA != nil || errB != nil {
		return nil, false
	}
	if a.Kind() == reflect.Struct {
		for i := range a.NumField() {
			f := a.Field(i)
			if !a.Type().Field(i).Anonymous || !f.CanInterface() || !writesItself(f) {
				continue
			}
			if text, err := marshal(f); err == nil && bytes.Equal(text, textA) {
				return c.compareBeside(p, a, b, i), true
			}
		}
	}
	if !bytes.Equal(textA, textB) {
		return p.differs("it comes back as another %s: its methods do not read what they write", a.Type()), true
	}
	return nil, true
}

func marshal(v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr()
	}
	return json.Marshal(v.Interface())
}

// compareBeside compares the fields of structs for which one that is embedded is
// written, and the others are not.
func (c comparison) compareBeside(p *place, a, b reflect.Value, speaker int) *difference {
	for i := range a.NumField() {
		f := a.Type().Field(i)
		d := c.compare(p.field(f.Name), a.Field(i), b.Field(i))
		if d != nil && i != speaker {
			d = p.field(f.Name).differs("it is not stored, as the embedded %s writes itself in place of the whole %s: give the field a name", a.Type().Field(speaker).Type, a.Type())
		}
		if d != nil {
			return d
		}
	}
	return nil
}

// compareAny compares what was in an interface. What comes back in an any is
// what JSON has.
func (c comparison) compareAny(p *place, a, b reflect.Value) *difference {
	switch {
	case a.Type() == b.Type():
		return c.compare(p, a, b)
	case a.Type() == reflect.TypeFor[json.Number]() && b.CanFloat() && rounded(a.String(), b.Float()):
		return p.differs("a whole number of more than 64 bits in an interface comes back rounded: give the field, or what holds it, the type json.Number or *big.Int")
	case isNumber(a.Type()) && isNumber(b.Type()):
		return nil
	}
	return p.differs("a %s in an interface comes back as %s: give the field, or what holds it, that type instead of the interface's", a.Type(), b.Type())
}

// rounded reports whether digits are those of a whole number that f is not.
func rounded(digits string, f float64) bool {
	return !strings.ContainsAny(digits, ".eE") && strconv.FormatFloat(f, 'f', -1, 64) != digits
}

// isNumber reports whether t is one of the numbers that a value of type any is,
// or comes back as.
func isNumber(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return t.PkgPath() == ""
	}
	return t == reflect.TypeFor[json.Number]()
}

func (c comparison) compareFields(p *place, a, b reflect.Value) *difference {
	t := a.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if isLock(f.Type) { // held by whoever sets the value
			continue
		}
		name, written := jsonField(f)
		in := p.of(f, name)
		d := c.compare(in, a.Field(i), b.Field(i))
		switch {
		case d == nil:
			continue
		case written && b.Field(i).IsZero() && twice(t, name):
			return p.field(f.Name).differs("it is not stored, as two fields have the JSON name %q", name)
		case written:
			return d
		case f.IsExported():
			return in.differs(`it is not stored, as its tag says json:"-": take the tag away, leave the field empty, %s`, otherwise)
		}
		return in.differs("it is not stored, as the field is not exported: export it, leave it empty, give %s a MarshalJSON and an UnmarshalJSON, %s", t, otherwise)
	}
	return nil
}

func isLock(t reflect.Type) bool {
	return t == reflect.TypeFor[sync.Mutex]() || t == reflect.TypeFor[sync.RWMutex]()
}

// twice reports whether two fields of t have the name, so that encoding/json
// writes neither.
func twice(t reflect.Type, name string) bool {
	n := 0
	for i := range t.NumField() {
		if other, written := jsonField(t.Field(i)); written && other == name && !promotes(t.Field(i)) {
			n++
		}
	}
	return n > 1
}

func (c comparison) comparePairs(p *place, a, b reflect.Value) *difference {
	if c.again(a, b) {
		return nil
	}
	if a.Len() != b.Len() {
		return p.differs("of %d keys %d come back: are two written alike?", a.Len(), b.Len())
	}
	for pairs := a.MapRange(); pairs.Next(); {
		back := b.MapIndex(pairs.Key())
		if !back.IsValid() {
			return p.key(pairs.Key()).differs("the key comes back as another one")
		}
		if d := c.compare(p.key(pairs.Key()), pairs.Value(), back); d != nil {
			return d
		}
	}
	return nil
}

func (c comparison) compareItems(p *place, a, b reflect.Value) *difference {
	if a.Len() != b.Len() {
		return p.differs("of %d elements %d come back", a.Len(), b.Len())
	}
	if a.Kind() == reflect.Slice && a.Type().Elem().Kind() == reflect.Uint8 && bytes.Equal(a.Bytes(), b.Bytes()) {
		return nil
	}
	for i := range a.Len() {
		if d := c.compare(p.index(i), a.Index(i), b.Index(i)); d != nil {
			return d
		}
	}
	return nil
}

// unreadable says which part of v made reading it back fail.
func unreadable(p *place, v reflect.Value, err error) (*place, error) {
	var d *difference
	p.walk(v, func(p *place, v reflect.Value) verdict {
		if null(v) {
			return past
		}
		d = p.oneWay(v)
		switch {
		case d != nil:
			return stop
		case v.Kind() != reflect.Interface && writesItself(v):
			return past
		}
		return into
	})
	if d != nil {
		return d.place, errors.New(d.why)
	}
	if typed, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && typed.Field != "" {
		p = p.field(typed.Field)
	}
	return p, fmt.Errorf("it cannot be read back: %w", err)
}

// oneWay says why v, not what is in it, can be written and not read.
func (p *place) oneWay(v reflect.Value) *difference {
	switch {
	case v.Type() == reflect.TypeFor[error]():
		return p.differs(noError)
	case v.Kind() == reflect.Interface && v.NumMethod() > 0:
		return p.differs("a %s cannot be read back into a %s: use a type that is no interface", v.Elem().Type(), v.Type())
	case v.Kind() != reflect.Interface && writesItself(v) && !readsItself(v.Type()):
		return p.differs("a %s is written by a method of its own and has none that reads it: give it an UnmarshalJSON or UnmarshalText", v.Type())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if promotes(f) && !f.IsExported() && f.Type.Kind() == reflect.Pointer && !v.Field(i).IsNil() {
				return p.field(f.Name).differs("an embedded pointer to a type that is not exported cannot be read back: embed the type itself, or export it")
			}
		}
	}
	return nil
}
