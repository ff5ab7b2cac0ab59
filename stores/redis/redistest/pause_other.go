//go:build !unix

package redistest

// Pause skips the test: this system cannot stop a process for a while.
func (s *Server) Pause() { s.t.Skip("redistest: no way to pause a process on this system") }

// Resume does nothing.
func (s *Server) Resume() {}
