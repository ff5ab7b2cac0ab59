// Package compattest reports whether a session store with the method set of Fiber
// v2's session middleware behaves as that one does. It knows neither, so that it
// can be run on both: "the same" is tried and not claimed.
package compattest
