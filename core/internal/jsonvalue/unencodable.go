package jsonvalue

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
)

// unencodable is the part of v that encoding/json has refused with err, or nil
// when it cannot be told.
func unencodable(key string, v any, err error) (found *place) {
	var refused func(part reflect.Value) bool
	if typed, ok := errors.AsType[*json.UnsupportedTypeError](err); ok {
		refused = func(part reflect.Value) bool { return part.Type() == typed.Type }
	} else if typed, ok := errors.AsType[*json.UnsupportedValueError](err); ok && typed.Value.CanFloat() {
		refused = func(part reflect.Value) bool {
			return part.CanFloat() && (math.IsNaN(part.Float()) || math.IsInf(part.Float(), 0))
		}
	} else {
		return nil
	}
	seen := map[uintptr]bool{} // there may be circles behind what was refused
	placeOf(key).walk(reflect.ValueOf(v), func(p *place, part reflect.Value) verdict {
		if refused(part) {
			found = p
			return stop
		}
		switch part.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
			if part.IsNil() || seen[part.Pointer()] {
				return past
			}
			seen[part.Pointer()] = true
		}
		return into
	})
	return found
}
