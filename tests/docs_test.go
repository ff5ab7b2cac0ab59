//go:build unix

package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program of the deployment guide compiles.
func TestDeploymentProgram(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "docs", "deployment.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(guide), "```go\npackage main\n")
	program, _, ended := strings.Cut(program, "```")
	if !found || !ended {
		t.Fatal("the guide has no program")
	}
	for _, protection := range []string{"ReadHeaderTimeout", "http.NewCrossOriginProtection()", "server.Shutdown", "sessions.Close()"} {
		if !strings.Contains(program, protection) {
			t.Errorf("the program lacks %s, and is what people begin with", protection)
		}
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte("package main\n"+program), 0o600); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", file)
	vet.Dir = filepath.Join("..", "examples") // whose module knows all that it imports
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
