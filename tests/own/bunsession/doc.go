// Package bunsession is the adapter that docs/adapters.md shows, for
// uptrace/bunrouter, whose handlers, requests and middleware have types of their own.
// It is an example; its test is the suite that every adapter passes.
package bunsession
