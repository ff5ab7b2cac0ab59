// Package untyped is a session as a map of names and values of any type, for
// adapters with the method set of another session library. Values keep their
// type, names may be any text, and what several requests do at a time is merged
// name by name.
//
// The manager has the codec [KeepTypes].
package untyped
