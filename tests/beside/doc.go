// Package beside tries the session's middleware together with other middleware of
// each router, outside of it and inside, and writes docs/beside.md.
package beside
