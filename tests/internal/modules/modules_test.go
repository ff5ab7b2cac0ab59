package modules

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const root = "../../.."

// Each module of the workspace comes behind those that it requires.
func TestOrder(t *testing.T) {
	t.Parallel()
	list, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, m := range list {
		for _, path := range m.Siblings {
			if !slices.Contains(seen, path) {
				t.Errorf("%s comes before %s, which it requires", m.Path, path)
			}
		}
		seen = append(seen, m.Path)
	}
	if len(list) < 10 || list[0].Dir != "core" || len(list[len(list)-1].Siblings) == 0 {
		t.Errorf("the list is %+v", list)
	}
	circle := []Module{{Path: "a", Siblings: []string{"b"}}, {Path: "b", Siblings: []string{"a"}}}
	if _, err := inOrder(circle); err == nil {
		t.Error("a circle was put in order")
	}
}

// What is published requires the siblings at the version, and replaces nothing; what
// is in the repository goes on to replace them.
func TestGoMod(t *testing.T) {
	t.Parallel()
	list, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		for _, published := range []bool{true, false} {
			text, err := m.GoMod(root, "v0.7.0", published)
			if err != nil {
				t.Fatal(err)
			}
			mod, err := modfile.Parse("go.mod", text, nil)
			if err != nil {
				t.Fatal(err)
			}
			if has := len(mod.Replace) > 0; has == published && len(m.Siblings) > 0 || published && strings.Contains(string(text), "replace") {
				t.Errorf("%s, published %v:\n%s", m.Dir, published, text)
			}
			for _, r := range mod.Require {
				if slices.Contains(m.Siblings, r.Mod.Path) && r.Mod.Version != "v0.7.0" {
					t.Errorf("%s requires %s", m.Dir, r.Mod)
				}
			}
		}
	}
}
