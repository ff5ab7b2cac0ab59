// Package tests holds what no module can test by itself: the examples as
// several real processes, on files and on a real Redis, under traffic and
// kill -9; and every adapter on every store.
package tests
