package file

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
)

var _ check.Inspector = (*Store)(nil)

// Inspect implements [check.Inspector]. It looks at the folder, also at one
// that is refused, and reads nothing in it.
//
// The facts that checks look at are described there. For reports there are
// dir, ours ("yes" when the folder belongs to the user of this process),
// free_bytes and free_inodes (what this user may still fill; absent where
// there is no limit), read_only, sync ("yes" when each save waits for the
// disk) and cleaned ("yes" below a folder that systems clean up).
func (s *Store) Inspect(ctx context.Context) (check.Inspection, error) {
	if err := s.alive(ctx); err != nil {
		return check.Inspection{}, err
	}
	info, err := os.Stat(s.dir)
	if err != nil {
		return check.Inspection{}, s.failAll("inspect the folder", err)
	}
	in := check.Inspection{
		Facts: map[string]string{
			"dir":     s.dir,
			"sync":    yesNo(s.sync),
			"cleaned": yesNo(cleaned(s.dir)),
		},
		Unchecked: map[string]string{},
	}
	if at := s.emptied.Load(); at != 0 {
		in.Facts["emptied_seconds"] = strconv.FormatInt(int64(time.Since(time.Unix(0, at)).Seconds()), 10)
	}
	s.addOwner(in, info)
	addFilesystem(in, s.dir)
	return in, nil
}

func (s *Store) addOwner(in check.Inspection, info fs.FileInfo) {
	if !hasModes {
		for _, fact := range []string{"mode", "owner"} {
			in.Unchecked[fact] = runtime.GOOS + " has access lists instead"
		}
		return
	}
	in.Facts["mode"] = fmt.Sprintf("%04o", info.Mode().Perm())
	in.Facts["owner"] = strconv.Itoa(ownerOf(info))
	in.Facts["uid"] = strconv.Itoa(s.uid)
	in.Facts["ours"] = yesNo(s.ours(info))
}

// filesystem is what the system says of the one that a folder is on.
type filesystem struct {
	kind       string // as the mount table has it, "" when it is not known
	freeBytes  uint64
	freeInodes uint64
	inodes     uint64 // in all, 0 for no limit
	readOnly   bool
}

func addFilesystem(in check.Inspection, dir string) {
	f, err := filesystemOf(dir)
	if err != nil {
		in.Unchecked["fs_type"] = bare(err).Error()
		return
	}
	if f.kind != "" {
		in.Facts["fs_type"] = f.kind
	} else {
		in.Unchecked["fs_type"] = "the file system is of an unknown type"
	}
	in.Facts["free_bytes"] = strconv.FormatUint(f.freeBytes, 10)
	if f.inodes > 0 {
		in.Facts["free_inodes"] = strconv.FormatUint(f.freeInodes, 10)
	}
	in.Facts["read_only"] = yesNo(f.readOnly)
}

// cleaned reports whether the folder is in one where systems remove what is
// old, also behind a link.
func cleaned(dir string) bool {
	if check.CleanedFolder(dir) != "" || check.CleanedFolder(resolved(dir)) != "" {
		return true
	}
	below, err := filepath.Rel(resolved(os.TempDir()), resolved(dir)) // which may be a link itself
	return err == nil && filepath.IsLocal(below)
}

// resolved is the path without links.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
