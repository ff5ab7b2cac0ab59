package main

import (
	"io"
	"strings"
	"testing"
)

// The modules of this workspace, as they would be tagged, are tidy for whoever has
// no workspace: each requires all that it needs, and has the sums of it.
func TestThisWorkspace(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left to make test-all")
	}
	here, err := clone()
	if err != nil {
		t.Skip("this is no clone: ", err)
	}
	f := folder(t.TempDir())
	here.must(t, "clone", "--quiet", "--shared", string(here), string(f))
	f.must(t, "switch", "--quiet", "--force-create", "main")
	r := release{clone: f, version: "v0.9999.0", out: io.Discard}
	defer r.clean()
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	if err := r.setVersions(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.dropReplaces(); err != nil {
		t.Fatal(err)
	}
	env, err := r.proxy.Environment(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range r.published() {
		t.Run(m.Dir, func(t *testing.T) {
			if _, err := r.work.below(m.Dir).run(env, "go", "mod", "tidy", "-diff"); err != nil {
				t.Error(err)
			}
			if mod, err := r.work.read(m.Dir + "/go.mod"); err != nil || strings.Contains(string(mod), "replace") {
				t.Errorf("%v\n%s", err, mod)
			}
		})
	}
}
