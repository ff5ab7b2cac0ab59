// Package compattest reports whether a session middleware with the method set of
// Fiber v3's behaves as that one does. It knows neither, so that it can be run on
// both: "the same" is tried and not claimed.
package compattest
