package main

import (
	"testing"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// BenchmarkMemory is a request that is answered in memory, without a network.
func BenchmarkMemory(b *testing.B) {
	for _, c := range app.All {
		for _, what := range inMemory {
			if !c.Limit || what.path == "/plain" {
				b.Run(c.Name()+"/"+what.name, func(b *testing.B) { benchmark(b, c, what.path, what.begin, 1) })
			}
		}
	}
}
