package jsonvalue

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Unmarshal is json.Unmarshal, but for the numbers that it puts where the type
// is any: a float64 holds 53 bits, and ids have 64. A whole number becomes an
// int64, or a uint64 where it is too large for that, every other a float64.
func Unmarshal(raw json.RawMessage, v any) error {
	t := reflect.TypeOf(v)
	if t == nil || t.Kind() != reflect.Pointer || !holdsAny(t.Elem()) || !json.Valid(raw) {
		return json.Unmarshal(raw, v)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err := dec.Decode(v)
	exact(reflect.ValueOf(v).Elem())
	return err
}

// number is n as the smallest of the three types that holds it.
func number(n json.Number) any {
	text := string(n)
	if !strings.ContainsAny(text, ".eE") && text != "-0" {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			return u
		}
	}
	if f, err := n.Float64(); err == nil {
		return f
	}
	return n // as large as no float64 is
}

// exactly is number for what encoding/json has put into an any.
func exactly(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = exactly(v[i])
		}
	case map[string]any:
		for k, x := range v {
			switch x.(type) {
			case json.Number, []any, map[string]any:
				v[k] = exactly(x)
			}
		}
	}
	return v
}

// exact is exactly for all that v, which can be set, holds.
func exact(v reflect.Value) {
	if !holdsAny(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(reflect.ValueOf(exactly(v.Elem().Interface())))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			exact(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() || promotes(v.Type().Field(i)) {
				exact(f)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			exact(v.Index(i))
		}
	case reflect.Map:
		for pairs := v.MapRange(); pairs.Next(); {
			x := reflect.New(v.Type().Elem()).Elem()
			x.Set(pairs.Value())
			exact(x)
			v.SetMapIndex(pairs.Key(), x)
		}
	}
}

var anyHolders sync.Map // whether a type holds an any

// holdsAny reports whether encoding/json may put something of its own choice
// into a value of t.
func holdsAny(t reflect.Type) bool {
	if known, ok := anyHolders.Load(t); ok {
		return known.(bool)
	}
	holds := findAny(t, map[reflect.Type]bool{})
	anyHolders.Store(t, holds)
	return holds
}

func findAny(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return t.NumMethod() == 0
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return !readsItself(t) && findAny(t.Elem(), seen)
	case reflect.Struct:
		if readsItself(t) {
			return false
		}
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || promotes(f)) && findAny(f.Type, seen) {
				return true
			}
		}
	}
	return false
}
