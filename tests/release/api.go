package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/gosessionkit/sessionkit/tests/internal/modules"
)

const apidiff = "golang.org/x/exp/cmd/apidiff@v0.0.0-20260508232706-74f9aab9d74a"

// checkAPI compares what the modules export with the last version. What is not
// compatible needs a version that may have it, and a line in the changelog.
func (r *release) checkAPI(news string) error {
	if r.last == "" {
		fmt.Fprintln(r.out, "API                      not compared: there is no version before")
		return nil
	}
	broken, err := r.incompatible()
	if err != nil {
		return err
	}
	if len(broken) == 0 {
		fmt.Fprintf(r.out, "API                      compatible with %s\n", r.last)
		return nil
	}
	list := "not compatible with " + r.last + ":\n  " + strings.Join(broken, "\n  ")
	switch {
	case semver.Major(r.version) != "v0":
		return errors.New(list + "\nfrom v1 on there are no such changes")
	case semver.MajorMinor(r.version) == semver.MajorMinor(r.last):
		return errors.New(list + "\nsuch changes need a version with another second number")
	case !breaks(news):
		return errors.New(list + "\nthe changelog has to tell of it, under ### Changed or ### Removed")
	}
	fmt.Fprintf(r.out, "API                      %s\n", list)
	return nil
}

// incompatible lists what apps may rest on and is not as it was.
func (r *release) incompatible() (list []string, err error) {
	before, err := r.clone.checkOut("core/" + r.last)
	if err != nil {
		return nil, err
	}
	defer r.clone.remove(before)
	olds, err := modules.Read(string(before))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sessionkit-api-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, old := range olds {
		if !old.IsLibrary() {
			continue
		}
		if !slices.ContainsFunc(r.list, func(m modules.Module) bool { return m.Path == old.Path }) {
			list = append(list, old.Dir+": the module is gone")
			continue
		}
		was, is := filepath.Join(dir, "was"), filepath.Join(dir, "is")
		for file, tree := range map[string]folder{was: before, is: r.work} {
			if _, err := tree.below(old.Dir).run(nil, "go", "run", apidiff, "-m", "-w", file, old.Path); err != nil {
				return nil, err
			}
		}
		out, err := r.work.run(nil, "go", "run", apidiff, "-m", "-incompatible", was, is)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			if line = strings.TrimSpace(line); line != "" && !inModuleBelow(line, old, olds) {
				list = append(list, old.Dir+": "+strings.TrimPrefix(line, "- "))
			}
		}
	}
	return list, nil
}

// inModuleBelow reports whether the line is about a package of a module in a folder
// of this one, which has lines of its own.
func inModuleBelow(line string, m modules.Module, all []modules.Module) bool {
	return slices.ContainsFunc(all, func(other modules.Module) bool {
		rest, below := strings.CutPrefix(other.Dir, m.Dir+"/")
		return below && (strings.HasPrefix(line, "- ./"+rest+".") || strings.HasPrefix(line, "- ./"+rest+"/"))
	})
}
