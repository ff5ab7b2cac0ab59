package main

import (
	"fmt"
	"slices"
	"strings"
)

// setVersions has each module require its siblings at the version, and be tidy.
func (r *release) setVersions() error {
	for _, m := range r.list {
		text, err := m.GoMod(string(r.work), r.version, false)
		if err != nil {
			return err
		}
		if err := r.work.write(m.Dir+"/go.mod", text); err != nil {
			return err
		}
	}
	for _, m := range r.list {
		if _, err := r.work.below(m.Dir).run([]string{"GOWORK=off"}, "go", "mod", "tidy", "-diff"); err != nil {
			return fmt.Errorf("%s is not tidy: run GOWORK=off go mod tidy in it, and commit that\n%w", m.Dir, err)
		}
		fmt.Fprintf(r.out, "%-24s tidy\n", m.Dir)
	}
	return nil
}

// dropReplaces makes what people get of each module: a go.mod that replaces nothing,
// and a go.sum that knows the siblings, as the go command would write it once they
// are published. It returns the files as they were.
func (r *release) dropReplaces() (before map[string][]byte, err error) {
	before = map[string][]byte{}
	sums := map[string][]string{} // lines for go.sum, by module
	for _, m := range r.published() {
		for _, name := range []string{m.Dir + "/go.mod", m.Dir + "/go.sum"} {
			if before[name], err = r.work.read(name); err != nil {
				return nil, err
			}
		}
		mod, err := m.GoMod(string(r.work), r.version, true)
		if err != nil {
			return nil, err
		}
		var lines []string
		for _, path := range m.Siblings {
			lines = append(lines, sums[path]...)
		}
		if err := r.work.write(m.Dir+"/go.mod", mod); err != nil {
			return nil, err
		}
		if err := r.work.write(m.Dir+"/go.sum", withSums(before[m.Dir+"/go.sum"], lines)); err != nil {
			return nil, err
		}
		if err := r.proxy.Add(string(r.work), m, r.version, mod); err != nil {
			return nil, err
		}
		if sums[m.Path], err = r.proxy.Sums(m, r.version); err != nil {
			return nil, err
		}
	}
	return before, nil
}

// withSums adds lines to a go.sum, which is sorted by paths.
func withSums(text []byte, lines []string) []byte {
	all := append(strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' }), lines...)
	slices.SortStableFunc(all, func(a, b string) int {
		pathA, _, _ := strings.Cut(a, " ")
		pathB, _, _ := strings.Cut(b, " ")
		return strings.Compare(pathA, pathB)
	})
	return []byte(strings.Join(all, "\n") + "\n")
}
