package file_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// overlay is the folder that the test is to use as a container would, in the
// process that it starts for that.
const overlay = "SESSIONKIT_TEST_OVERLAY"

// Files on a container's own file system are noticed. The test runs itself
// anew in a mount namespace, where everybody may mount an overlay.
func TestInspectContainer(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(overlay); dir != "" {
		s := open(t, filepath.Join(dir, "sessions"))
		in := inspect(t, s)
		wantFacts(t, in, map[string]string{"fs_type": "overlay"})
		if !found(s, in)["file-container"] {
			t.Error("the checks do not find it")
		}
		return
	}
	s := open(t, filepath.Join(t.TempDir(), "sessions"))
	if in := inspect(t, s); in.Facts["fs_type"] != "overlay" && found(s, in)["file-container"] {
		t.Errorf("found on %s", in.Facts["fs_type"])
	}
	dir := t.TempDir()
	const mount = `mount -t tmpfs none "$1" && mkdir "$1/lower" "$1/upper" "$1/work" "$1/merged" &&
		mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/merged"`
	if out, err := exec.Command("unshare", "-Urm", "sh", "-c", mount, "sh", dir).CombinedOutput(); err != nil {
		t.Skipf("no overlay can be mounted here: %v\n%s", err, out)
	}
	again := exec.Command("unshare", "-Urm", "sh", "-c", mount+` && exec "$2" -test.run '^TestInspectContainer$' -test.v`, "sh", dir, os.Args[0])
	again.Env = append(os.Environ(), overlay+"="+filepath.Join(dir, "merged"))
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
