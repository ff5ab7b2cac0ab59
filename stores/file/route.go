package file

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// maxLinks is how many links a path may lead through, as on Linux.
const maxLinks = 40

// reach looks at the store's folder, by way of every folder above it. Who may
// write to one of those can move the store away before a logout and back
// after it, or put a store of his own in its place. So they are held to what
// OpenSSH asks of the folders above a user's keys (safe_path in misc.c): each
// belongs to root or to us, and nobody else writes to it. That goes for group
// members too, also where a user has a group of his own: who is in it can
// change later. Folders with the sticky bit, such as /tmp, are fine: nobody can
// move there what is not his own.
//
// The path is walked as the kernel walks it, links and all: a folder that
// holds a link decides where it leads.
func (s *Store) reach() (fs.FileInfo, error) {
	if !hasModes {
		return os.Stat(s.dir)
	}
	const separator = string(filepath.Separator)
	at := separator
	info, err := os.Lstat(at)
	if err != nil {
		return nil, err
	}
	r := route{s, ownerOf(info)}
	links, rest := 0, strings.Split(s.dir, separator)
	for ; len(rest) > 0; rest = rest[1:] {
		name := rest[0]
		if name == "" || name == "." {
			continue
		}
		if err := r.guarded(at, info); err != nil {
			return nil, err
		}
		next := filepath.Join(at, name)
		if info, err = os.Lstat(next); err != nil {
			return nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if !r.trusts(info) {
			return nil, r.refuse(next, "is a link that another user made", "name the folder it leads to")
		}
		target, err := os.Readlink(next)
		if err != nil {
			return nil, err
		}
		if links++; links > maxLinks {
			return nil, &fs.PathError{Op: "open", Path: next, Err: syscall.ELOOP}
		}
		if filepath.IsAbs(target) {
			at = separator
		}
		if info, err = os.Lstat(at); err != nil {
			return nil, err
		}
		rest = append([]string{""}, append(strings.Split(target, separator), rest[1:]...)...)
	}
	return info, nil
}

// route is the way to a store's folder.
type route struct {
	*Store
	root int // who owns "/"
}

// guarded makes sure that nobody but root and us can move what is in a folder
// above the store.
func (r route) guarded(dir string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case !mode.IsDir():
		return nil // which looking for something in it will say
	case !r.trusts(info):
		return r.refuse(dir,
			fmt.Sprintf("belongs to user %d, who can move what is in it; this program runs as user %d", ownerOf(info), r.uid),
			fmt.Sprintf("give it to root or to user %d (chown %d %s)", r.uid, r.uid, dir))
	case mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0:
		return r.refuse(dir,
			fmt.Sprintf("lets other users move what is in it (mode %04o)", mode.Perm()),
			fmt.Sprintf("run \"chmod go-w %s\"", dir))
	}
	return nil
}

// trusts reports whether we, root, or the owner of "/" own it, who decides
// over everything in any case: in a user namespace that root is not part of,
// it is nobody.
func (r route) trusts(info fs.FileInfo) bool {
	return r.ours(info) || ownerOf(info) == 0 || ownerOf(info) == r.root
}

// refuse says what is wrong at some point of the path, the folder itself
// included.
func (r route) refuse(at, problem, fix string) error {
	if at != r.dir {
		problem = fmt.Sprintf("is reached through %s, which %s", at, problem)
	}
	return &FolderError{Dir: r.dir, Problem: problem, Fix: fix + ", or choose another folder"}
}
