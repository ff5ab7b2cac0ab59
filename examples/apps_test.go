//go:build unix

package examples_test

import "testing"

// TestApps tries out that the apps do the same, in one process and in
// several.
func TestApps(t *testing.T) {
	tests := []struct {
		name string
		run  func(t *testing.T, program string)
	}{
		{"one worker", func(t *testing.T, program string) { testRoutes(t, program, 1) }},
		{"three workers", func(t *testing.T, program string) { testRoutes(t, program, 3) }},
		{"a worker that dies is replaced", testReplacement},
		{"SIGTERM lets requests end and leaves no process", testShutdown},
		{"workers end with a supervisor that is killed", testOrphans},
		{"an unreachable Redis is said once", testUnreachableRedis},
		{"an address in use is said once", testAddressInUse},
		{"memory with several workers is warned about", testMemory},
		{"a drawn key joins the workers and is said once", testDrawnKey},
		{"what starts and stops is told in a handful of lines", testLog},
		{"an empty key flag does not part the workers", testEmptyKey},
	}
	for _, app := range []string{"chi", "echo", "echov5", "fiber", "fiberv3", "gin"} {
		t.Run(app, func(t *testing.T) {
			t.Parallel()
			program := build(t, app)
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(t, program)
				})
			}
		})
	}
}
