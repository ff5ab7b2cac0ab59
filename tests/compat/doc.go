// Package compat runs the tests of the adapters with the oldest version of each
// router that they are for, and with the newest: `make compat`.
package compat
