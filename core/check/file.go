package check

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

func fileRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:       "file-temporary",
			Severity: Warning,
			Title:    "session files where the system cleans up",
			Description: "The folder of the session files is in memory (tmpfs), or below a folder for temporary files such as `/tmp` or `/run`. " +
				"Such files go at a reboot, and some systems remove old ones while they run: everybody is logged out.",
			HowToSee: "`findmnt -T DIR` shows the file system; `systemd-tmpfiles --cat-config` what is cleaned, and when.",
		},
		find: fileTemporary,
	}, {
		Rule: Rule{
			ID:          "file-container",
			Severity:    Info,
			Title:       "session files inside a container",
			Description: "The folder of the session files is on the container's own overlay file system and not on a volume. It goes with the container, at each deploy, and other containers do not see it.",
			HowToSee:    "`findmnt -T DIR` inside the container shows `overlay`.",
		},
		find: fileContainer,
	}, {
		Rule: Rule{
			ID:       "file-network",
			Severity: Warning,
			Title:    "session files on a network file system",
			Description: "The folder of the session files is on a network file system. These differ in what locks and renames promise, so changes may be lost, and every request waits for the network. " +
				"Sessions of several machines belong into Redis.",
			HowToSee: "`findmnt -T DIR` shows the file system.",
		},
		find: fileNetwork,
	}, {
		Rule: Rule{
			ID:       "file-open",
			Severity: Error,
			Title:    "session files are open to other users",
			Description: "Other users of the machine may enter the folder of the session files. Who reads it sees what is in the sessions, who writes in it decides who is logged in. " +
				"The file store refuses such a folder at start; this finds one that was opened later.",
			HowToSee: "`stat -c %a DIR` shows the mode, which should be 700.",
		},
		find: fileOpen,
	}, {
		Rule: Rule{
			ID:       "file-owner",
			Severity: Error,
			Title:    "the session folder belongs to somebody else",
			Description: "The folder of the session files belongs to another user than the one this process runs as. That user can read and change every session. " +
				"The file store refuses such a folder at start; this finds one that changed hands later.",
			HowToSee: "`stat -c %u DIR` shows the owner, `id -u` the user of this process.",
		},
		find: fileOwner,
	}, {
		Rule: Rule{
			ID:       "file-hosts",
			Severity: Warning,
			Title:    "one session folder, several hosts",
			Description: "Workers of several host names share one folder of session files. On several machines that takes a network file system, where locks cannot be trusted. " +
				"Containers on one machine with one local volume have different host names too, and are fine: silence it then.",
			HowToSee: "`/debug/workers` shows the host of every live worker.",
		},
		find: fileHosts,
	}}
}

// temporaryRoots are what systems clean, at a reboot or while they run. Those of
// macOS begin with /private.
var temporaryRoots = []string{"/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm", "/private/tmp", "/private/var/tmp", "/private/var/folders"}

// CleanedFolder returns the folder at or above dir in which systems remove what
// is old, "" for none. It does not follow links.
func CleanedFolder(dir string) string {
	for _, root := range slices.Concat(temporaryRoots, []string{os.TempDir()}) {
		if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
			return root
		}
	}
	return ""
}

// fileFact is what the file store says of itself, "" when it is none.
func fileFact(f Facts, name string) string {
	if f.Store.Kind != "file" {
		return ""
	}
	return f.Store.Facts[name]
}

func fileTemporary(f Facts) (message, fix string, found bool) {
	dir, fix := f.Store.Address, otherDirFix(f)
	if fs := fileFact(f, "fs_type"); fs == "tmpfs" || fs == "ramfs" {
		return fmt.Sprintf("the session files are in memory: %s is on %s, which is empty after a reboot", dir, fs), fix, true
	}
	if f.Store.Kind == "file" {
		if root := CleanedFolder(dir); root != "" {
			return fmt.Sprintf("the session files are in %s: the system cleans %s", dir, root), fix, true
		}
	}
	return fmt.Sprintf("the session files are in %s, which leads to a folder that the system cleans", dir), fix, fileFact(f, "cleaned") == "yes"
}

func otherDirFix(f Facts) string {
	return fmt.Sprintf("set %s to a folder on a local disk, such as /var/lib/APP/sessions", setting(f, "session-dir"))
}

func fileContainer(f Facts) (message, fix string, found bool) {
	fs := fileFact(f, "fs_type")
	return fmt.Sprintf("the session files are in the container itself: %s is on %s, and goes with the container", f.Store.Address, fs),
		fmt.Sprintf("mount a volume there (docker run -v sessions:%s), or set %s", f.Store.Address, setting(f, "redis-url")),
		fs == "overlay" || fs == "overlayfs" || fs == "aufs"
}

// networkFS are the types of network file systems, as the mount table has
// them. Those of FUSE begin with "fuse.".
var networkFS = []string{
	"9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
	"glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb", "smb2", "smb3", "smbfs", "sshfs", "webdav",
}

func fileNetwork(f Facts) (message, fix string, found bool) {
	fs := fileFact(f, "fs_type")
	return fmt.Sprintf("the session files are on a network file system: %s is on %s, whose locks cannot be trusted", f.Store.Address, fs),
		fmt.Sprintf("set %s to keep them in Redis, or %s to a folder on a local disk", setting(f, "redis-url"), setting(f, "session-dir")),
		slices.Contains(networkFS, fs)
}

func fileOpen(f Facts) (message, fix string, found bool) {
	mode, err := strconv.ParseUint(fileFact(f, "mode"), 8, 32)
	return fmt.Sprintf("the folder of the session files, %s, is open to other users: its mode is %04o", f.Store.Address, mode),
		"chmod 700 " + f.Store.Address,
		err == nil && mode&0o077 != 0
}

func fileOwner(f Facts) (message, fix string, found bool) {
	owner, uid := fileFact(f, "owner"), fileFact(f, "uid")
	return fmt.Sprintf("the folder of the session files, %s, belongs to user %s, and this process runs as user %s", f.Store.Address, owner, uid),
		fmt.Sprintf("chown -R %s %s", uid, path.Clean(f.Store.Address)),
		owner != "" && uid != "" && owner != uid
}

func fileHosts(f Facts) (message, fix string, found bool) {
	hosts := distinct(f.Workers, func(w worker.Info) string { return w.Host })
	return fmt.Sprintf("workers on %d hosts share the session files in %s: %s", len(hosts), f.Store.Address, strings.Join(hosts, ", ")),
		fmt.Sprintf("set %s for workers on several machines; for containers on one machine silence it with %s: file-hosts",
			setting(f, "redis-url"), setting(f, "session-silence")),
		f.Store.Kind == "file" && len(hosts) > 1
}
