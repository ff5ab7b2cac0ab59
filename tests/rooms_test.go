package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const kit = "github.com/gosessionkit/sessionkit/"

// imports lists what each package of the libraries imports, without its tests:
// packages of the kit without the common part of their path.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	for _, module := range libraries {
		cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...")
		cmd.Dir = filepath.Join("..", filepath.FromSlash(module))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			fields := strings.Fields(strings.ReplaceAll(line, kit, ""))
			list[fields[0]] = fields[1:]
		}
	}
	return list
}

// below reports whether the package is one of these, or below it.
func below(path string, rooms ...string) bool {
	for _, room := range rooms {
		if path == room || strings.HasPrefix(path, room+"/") {
			return true
		}
	}
	return false
}

// The arrows between the packages point the way that docs/architecture.md says.
//
// A room stands for the packages below it too.
func TestRooms(t *testing.T) {
	t.Parallel()
	all := imports(t)
	for room, never := range map[string][]string{
		"core":                {"stores", "adapters", "debug"},
		"core/session":        {"core/check", "core/diagnose/worker", "core/memstore", "core/auth", "core/httpsession"},
		"core/driver":         {"core/session", "core/diagnose", "core/check", "core/config", "core/memstore", "core/loopback"},
		"core/internal/saver": {"core/session", "core/diagnose", "core/check", "core/config"},
		"core/internal/guard": {"core/session", "core/diagnose", "core/check", "core/config"},
		"core/memstore":       {"core/session", "core/diagnose"},
		"core/diagnose":       {"core/session", "core/memstore"},
		"core/check":          {"core/session", "core/diagnose", "core/memstore"},
		"core/config":         {"core"},
		"stores":              {"core/session", "core/diagnose", "adapters", "debug"},
		"debug":               {"stores", "adapters", "core/memstore"},
		"adapters":            {"stores", "debug", "core/memstore", "core/driver", "core/check"},
	} {
		found := false
		for path, list := range all {
			if !below(path, room) {
				continue
			}
			found = true
			for _, imported := range list {
				if imported == "core/diagnose/worker" && room != "core/session" {
					continue // what a worker says of itself: rules and stores read it
				}
				if path == "stores" && imported == "core/session" {
					continue // the set-up in one call; the stores themselves do not know it
				}
				if below(imported, never...) {
					t.Errorf("%s imports %s", path, imported)
				}
			}
		}
		if !found {
			t.Errorf("there is no package %s", room)
		}
	}
	for path, list := range all { // core/device is a module of its own, for apps that want what it rests on
		for _, imported := range list {
			domain, _, _ := strings.Cut(imported, "/")
			if below(path, "core") && path != "core/device" && strings.Contains(domain, ".") && imported != "github.com/peterbourgon/ff/v3" {
				t.Errorf("%s imports %s", path, imported)
			}
			if below(path, "adapters") && below(imported, "adapters") && !below(imported, "adapters/internal") && strings.Split(path, "/")[1] != strings.Split(imported, "/")[1] {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// The heart is read in one sitting.
func TestHeart(t *testing.T) {
	t.Parallel()
	lines := func(file string) int {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(text, []byte("\n"))
	}
	heart := 0
	for _, name := range []string{"manager", "session", "exchange", "commit", "load", "renew"} {
		n := lines("../core/session/" + name + ".go")
		if heart += n; n > 400 {
			t.Errorf("%s.go has %d lines, of 400 at most", name, n)
		}
	}
	if heart > 1500 {
		t.Errorf("the heart of core/session has %d lines, of 1500 at most", heart)
	}
}
