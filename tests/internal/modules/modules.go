// Package modules knows the modules of the workspace, and what they are like when
// they are published.
//
// In the repository a go.mod has replace lines that lead to the siblings, so that
// each module builds by itself from a clone. They are dropped from what is
// published: go install and go run refuse a command in whose go.mod there are any.
package modules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Module is one of the workspace.
type Module struct {
	Path     string   // its import path
	Dir      string   // below the top of the workspace, with slashes
	Siblings []string // paths of the workspace's modules that its go.mod requires
}

// Read lists the modules of the workspace at root in the order of their
// dependencies, and those that do not depend on each other by their folders.
func Read(root string) ([]Module, error) {
	name := filepath.Join(root, "go.work")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return nil, err
	}
	list := make([]Module, 0, len(work.Use))
	required := map[string][]string{}
	for _, use := range work.Use {
		m := Module{Dir: strings.TrimPrefix(filepath.ToSlash(use.Path), "./")}
		mod, err := m.parse(root)
		if err != nil {
			return nil, err
		}
		m.Path = mod.Module.Mod.Path
		for _, r := range mod.Require {
			required[m.Path] = append(required[m.Path], r.Mod.Path)
		}
		list = append(list, m)
	}
	for i, m := range list {
		for _, other := range list {
			if slices.Contains(required[m.Path], other.Path) {
				list[i].Siblings = append(list[i].Siblings, other.Path)
			}
		}
	}
	return inOrder(list)
}

// inOrder puts each module behind those that it requires.
func inOrder(list []Module) ([]Module, error) {
	slices.SortFunc(list, func(a, b Module) int { return strings.Compare(a.Dir, b.Dir) })
	var sorted []Module
	placed := map[string]bool{}
	for len(sorted) < len(list) {
		next := slices.IndexFunc(list, func(m Module) bool {
			return !placed[m.Path] && !slices.ContainsFunc(m.Siblings, func(path string) bool { return !placed[path] })
		})
		if next < 0 {
			return nil, fmt.Errorf("modules require each other in a circle, so none can be published first; %d are fine", len(sorted))
		}
		sorted = append(sorted, list[next])
		placed[list[next].Path] = true
	}
	return sorted, nil
}

// IsPublished reports whether people may want the module: all but the tests.
func (m Module) IsPublished() bool { return m.Dir != "tests" && !strings.HasPrefix(m.Dir, "tests/") }

// IsLibrary reports whether apps import the module.
func (m Module) IsLibrary() bool {
	return m.IsPublished() && m.Dir != "examples" && m.Dir != "debug/cmd/sessionkit"
}

// Tag is what names a version of the module in the repository: v0.1.0 of the module
// in core is core/v0.1.0.
func (m Module) Tag(version string) string { return m.Dir + "/" + version }

// GoMod is the module's go.mod with the siblings at the version; as it is published,
// without the replace lines that lead to them.
func (m Module) GoMod(root, version string, published bool) ([]byte, error) {
	mod, err := m.parse(root)
	if err != nil {
		return nil, err
	}
	for _, path := range m.Siblings {
		if err := mod.AddRequire(path, version); err != nil {
			return nil, err
		}
	}
	if published {
		for _, r := range slices.Clone(mod.Replace) {
			if r.New.Version != "" {
				return nil, fmt.Errorf("%s/go.mod replaces %s with %s, which whoever imports it would not have", m.Dir, r.Old.Path, r.New)
			}
			if err := mod.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return nil, err
			}
		}
	}
	mod.Cleanup()
	return mod.Format()
}

func (m Module) parse(root string) (*modfile.File, error) {
	name := filepath.Join(root, filepath.FromSlash(m.Dir), "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return modfile.Parse(name, text, nil)
}
