package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// workspace is a small one: a library, an adapter that rests on it, and tests.
func workspace(t *testing.T) folder {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	f := folder(t.TempDir())
	f.must(t, "init", "--quiet", "--initial-branch", "main")
	f.must(t, "config", "user.name", "Ada")
	f.must(t, "config", "user.email", "ada@example.com")
	f.put(t, map[string]string{
		"go.work":     "go 1.26.0\n\nuse (\n\t./adapters/one\n\t./core\n\t./tests\n)\n",
		"core/go.mod": "module kit.example/core\n\ngo 1.26.0\n", "core/go.sum": "",
		"core/core.go":          "package core\n\nfunc Get() int { return 1 }\n",
		"adapters/one/go.mod":   "module kit.example/adapters/one\n\ngo 1.26.0\n\nrequire kit.example/core v0.0.0\n\nreplace kit.example/core => ../../core\n",
		"adapters/one/go.sum":   "",
		"adapters/one/one.go":   "package one\n\nimport \"kit.example/core\"\n\nfunc One() int { return core.Get() }\n",
		"tests/go.mod":          "module kit.example/tests\n\ngo 1.26.0\n\nrequire kit.example/adapters/one v0.0.0\n\nrequire kit.example/core v0.0.0 // indirect\n\nreplace (\n\tkit.example/adapters/one => ../adapters/one\n\tkit.example/core => ../core\n)\n",
		"tests/tests.go":        "package tests\n\nimport _ \"kit.example/adapters/one\"\n",
		"tests/go.sum":          "",
		"CHANGELOG.md":          "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- All of it.\n",
		"adapters/one/LICENSE":  "MIT\n",
		"core/internal/deep.go": "package internal\n\nfunc Deep() {}\n",
	})
	return f
}

// put writes files and commits them.
func (f folder) put(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(string(f), name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := f.write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	f.must(t, "add", "--all")
	f.must(t, "commit", "--quiet", "--allow-empty", "--message", "change")
}

func (f folder) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := f.git(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// releases runs the command there, and returns what it prints.
func (f folder) releases(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.release(args, &out); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out.String())
	}
	return out.String()
}

// refuses wants that there is no release, for this reason, and that nothing is
// changed.
func (f folder) refuses(t *testing.T, why string, args ...string) {
	t.Helper()
	before := f.state(t)
	var out bytes.Buffer
	if err := f.release(args, &out); err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("%q: %v, and nothing of %q", args, err, why)
	}
	if after := f.state(t); after != before {
		t.Errorf("%q: from\n%s\nto\n%s", args, before, after)
	}
}

// state is all that a release may change.
func (f folder) state(t *testing.T) string {
	t.Helper()
	return f.must(t, "for-each-ref") + "\n" + f.must(t, "status", "--porcelain", "--branch") + "\n" + f.must(t, "worktree", "list")
}

// A dry run changes nothing; -tag makes what people get: each module with its tag,
// replacing nothing, with the siblings at the version and their right sums.
func TestRelease(t *testing.T) {
	t.Parallel()
	f := workspace(t)
	before := f.state(t)
	if out := f.releases(t, "v0.1.0"); f.state(t) != before || !strings.Contains(out, "All of it.") || !strings.Contains(out, "no version before") {
		t.Errorf("a dry run: %s\n%s", out, f.state(t))
	}
	out := f.releases(t, "-tag", "v0.1.0")
	if _, order, _ := strings.Cut(out, "in this order:\n"); !strings.HasPrefix(order, "  core/v0.1.0\n  adapters/one/v0.1.0\n\n") {
		t.Error(out)
	}
	if tags := f.must(t, "tag"); tags != "adapters/one/v0.1.0\ncore/v0.1.0" {
		t.Errorf("tags: %q", tags)
	}
	if status := f.must(t, "status", "--porcelain"); status != "" {
		t.Errorf("left behind: %s", status)
	}
	for _, name := range []string{"adapters/one/go.mod", "tests/go.mod"} {
		if mod := f.must(t, "show", "main:"+name); !strings.Contains(mod, "replace") || !strings.Contains(mod, "kit.example/core v0.1.0") {
			t.Errorf("%s in the clone:\n%s", name, mod)
		}
	}
	if mod := f.must(t, "show", "adapters/one/v0.1.0:adapters/one/go.mod"); strings.Contains(mod, "replace") || !strings.Contains(mod, "kit.example/core v0.1.0") {
		t.Errorf("published:\n%s", mod)
	}
	if log := f.must(t, "show", "core/v0.1.0:CHANGELOG.md"); !strings.Contains(log, "## [0.1.0] - 2") {
		t.Errorf("published:\n%s", log)
	}
	f.buildsAlone(t, "v0.1.0")
	f.refuses(t, "does not come after v0.1.0", "-tag", "v0.1.0")
	f.refuses(t, "nothing is listed", "-tag", "v0.1.1")
}

// buildsAlone builds the adapter as it was tagged, with core as a public proxy makes
// it of the tag, and with no more sums than the tagged go.sum has.
func (f folder) buildsAlone(t *testing.T, version string) {
	t.Helper()
	tagged, err := f.checkOut("core/" + version)
	if err != nil {
		t.Fatal(err)
	}
	defer f.remove(tagged)
	proxy := t.TempDir()
	dir := filepath.Join(proxy, "kit.example", "core", "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := zip.CreateFromVCS(&content, module.Version{Path: "kit.example/core", Version: version}, string(f), "core/"+version, "core"); err != nil {
		t.Fatal(err)
	}
	mod, err := tagged.read("core/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{".zip": content.Bytes(), ".mod": mod, ".info": []byte(`{"Version":"` + version + `"}`)} {
		if err := os.WriteFile(filepath.Join(dir, version+name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"GOWORK=off", "GOPROXY=file://" + proxy, "GOSUMDB=off", "GOMODCACHE=" + t.TempDir(), "GOFLAGS=-mod=readonly -modcacherw -buildvcs=false"}
	for _, args := range [][]string{{"build", "./..."}, {"mod", "tidy", "-diff"}} {
		if _, err := tagged.below("adapters/one").run(env, "go", args...); err != nil {
			t.Error(err)
		}
	}
}

// What is not compatible needs a version that may have it, and a word.
func TestReleaseComparesTheAPI(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left to make test-all")
	}
	f := workspace(t)
	f.releases(t, "-tag", "v0.1.0")
	added := strings.Replace(f.must(t, "show", "main:CHANGELOG.md"), "## [Unreleased]\n", "## [Unreleased]\n\n### Added\n\n- Set.\n", 1)
	f.put(t, map[string]string{"core/core.go": "package core\n\nfunc Get() int { return 1 }\n\nfunc Set() {}\n", "core/internal/deep.go": "package internal\n", "CHANGELOG.md": added})
	if out := f.releases(t, "v0.1.1"); !strings.Contains(out, "compatible with v0.1.0") || strings.Contains(out, "not compatible") {
		t.Error(out)
	}
	f.put(t, map[string]string{"core/core.go": "package core\n\nfunc Get() int8 { return 1 }\n", "adapters/one/one.go": "package one\n\nfunc One() int { return 1 }\n",
		"adapters/one/go.mod": "module kit.example/adapters/one\n\ngo 1.26.0\n",
		"tests/go.mod":        "module kit.example/tests\n\ngo 1.26.0\n\nrequire kit.example/adapters/one v0.1.0\n\nreplace kit.example/adapters/one => ../adapters/one\n"})
	f.refuses(t, "core: Get: changed from func() int to func() int8", "-tag", "v0.1.1")
	f.refuses(t, "### Changed", "-tag", "v0.2.0")
	f.refuses(t, "no such changes", "-tag", "v1.0.0")
	f.put(t, map[string]string{"CHANGELOG.md": strings.Replace(added, "### Added", "### Changed", 1)})
	if out := f.releases(t, "-tag", "v0.2.0"); !strings.Contains(out, "not compatible with v0.1.0") {
		t.Error(out)
	}
}

// What stands in the way is named, and nothing is half done.
func TestReleaseRefuses(t *testing.T) {
	t.Parallel()
	f := workspace(t)
	f.refuses(t, "name one version")
	f.refuses(t, "name one version", "v0.1.0", "v0.2.0")
	f.refuses(t, "all three numbers", "0.1.0")
	f.refuses(t, "all three numbers", "v0.1")
	f.refuses(t, "end in /v2", "v2.0.0")
	f.refuses(t, "flag provided but not defined", "-tagg", "v0.1.0")
	f.must(t, "tag", "adapters/one/v0.1.0")
	f.refuses(t, "there are tags of v0.1.0: adapters/one/v0.1.0", "-tag", "v0.1.0")
	f.must(t, "tag", "--delete", "adapters/one/v0.1.0")
	f.must(t, "switch", "--quiet", "--detach")
	f.refuses(t, "on no branch", "-tag", "v0.1.0")
	f.must(t, "switch", "--quiet", "main")
	if err := f.write("core/more.go", []byte("package core\n")); err != nil {
		t.Fatal(err)
	}
	f.refuses(t, "core/more.go", "-tag", "v0.1.0")
	f.put(t, map[string]string{"adapters/one/one.go": "package one\n"})
	f.refuses(t, "adapters/one is not tidy", "-tag", "v0.1.0")
	f.put(t, map[string]string{"CHANGELOG.md": "# Changelog\n"})
	f.refuses(t, "there is no line", "-tag", "v0.1.0")
}
