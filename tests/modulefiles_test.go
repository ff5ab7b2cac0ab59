package tests

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/modules"
)

// Each module is in all lists of them, and has the licence in its folder, of which
// its zip file is made.
func TestModuleFiles(t *testing.T) {
	t.Parallel()
	list, err := modules.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		}
		return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	}
	variable := func(name string) []string {
		found := regexp.MustCompile(`(?m)^` + name + ` +:= (.*)$`).FindStringSubmatch(read("Makefile"))
		if found == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return strings.Fields(found[1])
	}
	licence, dependabot, makeAll, makeLibraries := read("LICENSE"), read(".github/dependabot.yml"), variable("MODULES"), variable("LIBRARIES")
	for _, m := range list {
		if m.IsPublished() && read(m.Dir+"/LICENSE") != licence {
			t.Errorf("%s: the licence is another", m.Dir)
		}
		if !strings.Contains(dependabot, "      - /"+m.Dir+"\n") {
			t.Errorf(".github/dependabot.yml lacks %s", m.Dir)
		}
		if !slices.Contains(makeAll, m.Dir) {
			t.Errorf("MODULES in the Makefile lacks %s", m.Dir)
		}
		if slices.Contains(makeLibraries, m.Dir) != m.IsLibrary() {
			t.Errorf("LIBRARIES in the Makefile and %s: a library is %v", m.Dir, m.IsLibrary())
		}
	}
	if len(makeAll) != len(list) {
		t.Errorf("MODULES in the Makefile has %d modules, of %d", len(makeAll), len(list))
	}
}
