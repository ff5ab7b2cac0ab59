// Package boltstore is the store that docs/stores.md shows: sessions in a file of
// go.etcd.io/bbolt, for one process. It is an example; its test is the suite that
// every store passes.
package boltstore
