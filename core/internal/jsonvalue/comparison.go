package jsonvalue

import (
	"reflect"
	"unsafe"
)

// comparison holds what has been compared already: a method that reads a value
// may make a circle of it, such as children that know their parent.
type comparison map[pair]bool

// pair is two pointers or maps of a type, as the addresses of a struct and its
// first field are the same.
type pair struct {
	a, b unsafe.Pointer
	t    reflect.Type
}

// again reports whether a and b have been here before.
func (c comparison) again(a, b reflect.Value) bool {
	these := pair{a.UnsafePointer(), b.UnsafePointer(), a.Type()}
	before := c[these]
	c[these] = true
	return before
}
