package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/gosessionkit/sessionkit/tests/internal/modules"
)

// release is one in the making.
type release struct {
	clone   folder
	version string
	out     io.Writer

	last    string // the version before, "" for none
	work    folder // where it is made, aside
	proxy   modules.Proxy
	list    []modules.Module
	tagged  string // the commit that is the version
	onwards string // the one after it, with which the branch goes on
}

// prepare looks whether there can be a release at all, and makes the folder for it.
func (r *release) prepare() (err error) {
	if semver.Canonical(r.version) != r.version || semver.Build(r.version) != "" {
		return fmt.Errorf("%q is no version: write all three numbers, as in v0.2.0", r.version)
	}
	if major := semver.Major(r.version); major != "v0" && major != "v1" {
		return fmt.Errorf("%s needs the import paths to end in /%s: that is a change of all modules first", r.version, major)
	}
	if waiting, err := r.clone.git("status", "--porcelain"); err != nil || waiting != "" {
		return errors.Join(err, fmt.Errorf("the clone has changes that are not committed, which the release would lack: commit or stash them\n%s", waiting))
	}
	if _, err := r.clone.git("symbolic-ref", "--quiet", "HEAD"); err != nil {
		return errors.New("HEAD is on no branch, so the release would be on none: git switch main")
	}
	if r.last, err = r.clone.lastVersion(); err != nil {
		return err
	}
	if semver.Compare(r.version, r.last) <= 0 { // none is before all
		return fmt.Errorf("%s does not come after %s, the last one", r.version, r.last)
	}
	if tags, err := r.clone.git("tag", "--list", "*/"+r.version); err != nil || tags != "" {
		return errors.Join(err, fmt.Errorf("there are tags of %s: %s", r.version, strings.Join(strings.Fields(tags), ", ")))
	}
	if r.proxy.Folder, err = os.MkdirTemp("", "sessionkit-proxy-"); err != nil {
		return err
	}
	if r.work, err = r.clone.checkOut("HEAD"); err != nil {
		return err
	}
	r.list, err = modules.Read(string(r.work))
	return err
}

// lastVersion is the highest of the tags of core.
func (f folder) lastVersion() (last string, err error) {
	tags, err := f.git("tag", "--list", "core/v*")
	for _, tag := range strings.Fields(tags) {
		if version := strings.TrimPrefix(tag, "core/"); semver.Compare(version, last) > 0 {
			last = version
		}
	}
	return last, err
}

// clean removes what prepare has made so far.
func (r *release) clean() {
	if r.work != "" {
		r.clone.remove(r.work)
	}
	os.RemoveAll(r.proxy.Folder)
}

// build makes the two commits of the release, aside: the version itself, in which
// nothing is replaced, and the next one, with which work goes on.
func (r *release) build() error {
	news, err := r.work.cutChangelog(r.version, time.Now())
	if err != nil {
		return err
	}
	if err := r.setVersions(); err != nil {
		return err
	}
	if err := r.checkAPI(news); err != nil {
		return err
	}
	before, err := r.dropReplaces()
	if err != nil {
		return err
	}
	if r.tagged, err = r.work.commit(r.version); err != nil {
		return err
	}
	for name, text := range before {
		if err := r.work.write(name, text); err != nil {
			return err
		}
	}
	if r.onwards, err = r.work.commit("go.mod: after " + r.version + " modules in a clone use their siblings"); err != nil {
		return err
	}
	fmt.Fprintf(r.out, "\n%s:\n\n%s\n\nTags, in this order:\n", r.version, news)
	for _, m := range r.published() {
		fmt.Fprintf(r.out, "  %s\n", m.Tag(r.version))
	}
	return nil
}

func (r *release) published() (list []modules.Module) {
	for _, m := range r.list {
		if m.IsPublished() {
			list = append(list, m)
		}
	}
	return list
}

func (f folder) commit(message string) (id string, err error) {
	if _, err := f.git("commit", "--quiet", "--all", "--message", message); err != nil {
		return "", err
	}
	return f.git("rev-parse", "HEAD")
}

// publish moves the branch, and sets all tags or none.
func (r *release) publish() error {
	if _, err := r.clone.git("merge", "--quiet", "--ff-only", r.onwards); err != nil {
		return err
	}
	var names []string
	transaction := ""
	for _, m := range r.published() {
		names = append(names, m.Tag(r.version))
		transaction += "create refs/tags/" + m.Tag(r.version) + " " + r.tagged + "\n"
	}
	if err := r.clone.updateRefs(transaction); err != nil {
		return fmt.Errorf("the branch has the release, and no tag was set: %w", err)
	}
	fmt.Fprintf(r.out, "\nDone. To publish it:\n\n  git push --atomic origin HEAD %s\n", strings.Join(names, " "))
	return nil
}
