//go:build unix

package docs

import (
	"os"
	"strings"
	"testing"
)

// A block finds what the one before it has left, and its output and its exit status
// are its own.
func TestShell(t *testing.T) {
	t.Parallel()
	s := NewShell(t, t.TempDir(), os.Environ())
	s.Run("export NAME=ada\nmkdir shop && cd shop\nsleep 600 &\nfirst=$!\n", 0)
	if out := s.Run("sh -c 'echo $NAME'; basename $PWD; printf x\n", 0); out != "ada\nshop\nx" {
		t.Errorf("it says %q", out)
	}
	if out := s.Run("kill -9 $first\nfalse || echo gone\n", 0); out != "gone\n" {
		t.Errorf("it says %q", out)
	}
	if out := s.Run("echo no >&2; sh -c 'exit 3'\n", 3); out != "" || !strings.Contains(s.Log(), "no\n") {
		t.Errorf("it says %q", out)
	}
	if out := s.Run("cat; echo done\n", 0); out != "done\n" {
		t.Errorf("it says %q, and has read what is for the next block", out)
	}
}
