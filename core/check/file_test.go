package check_test

import (
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

var fileExamples = []example{
	{id: "file-temporary", name: "tmpfs", from: onFiles, change: fact("fs_type", "tmpfs"), found: true, words: []string{"/var/lib/shop/sessions is on tmpfs", "--session-dir"}},
	{id: "file-temporary", name: "below /tmp", from: onFiles, change: func(f *check.Facts) { f.Store.Address = "/tmp/sessions" }, found: true, words: []string{"the system cleans /tmp"}},
	{id: "file-temporary", name: "/dev/shm", from: onFiles, change: func(f *check.Facts) { f.Store.Address = "/dev/shm" }, found: true},
	{id: "file-temporary", name: "/run", from: onFiles, change: func(f *check.Facts) { f.Store.Address = "/run/user/1000/s" }, found: true},
	{id: "file-temporary", name: "a similar name", from: onFiles, change: func(f *check.Facts) { f.Store.Address = "/tmpfiles/s" }},
	{id: "file-temporary", name: "another store", change: all(fact("fs_type", "tmpfs", "mode", "0777", "owner", "0", "uid", "1"), func(f *check.Facts) { f.Store.Address = "/run/redis.sock" })},

	{id: "file-container", name: "overlay", from: onFiles, change: fact("fs_type", "overlay"), found: true, words: []string{"container", "docker run -v sessions:/var/lib/shop/sessions"}},

	{id: "file-network", name: "nfs", from: onFiles, change: fact("fs_type", "nfs4"), found: true, words: []string{"nfs4", "--redis-url"}},
	{id: "file-network", name: "cifs", from: onFiles, change: fact("fs_type", "cifs"), found: true},
	{id: "file-network", name: "smb", from: onFiles, change: fact("fs_type", "smb3"), found: true},
	{id: "file-network", name: "sshfs", from: onFiles, change: fact("fs_type", "fuse.sshfs"), found: true},
	{id: "file-network", name: "9p", from: onFiles, change: fact("fs_type", "9p"), found: true},
	{id: "file-network", name: "local FUSE", from: onFiles, change: fact("fs_type", "fuseblk")},

	{id: "file-open", name: "readable", from: onFiles, change: fact("mode", "0755"), found: true, words: []string{"its mode is 0755", "chmod 700 /var/lib/shop/sessions"}},
	{id: "file-open", name: "for the group", from: onFiles, change: fact("mode", "0710"), found: true},
	{id: "file-open", name: "not known", from: onFiles, change: fact("mode", "")},

	{id: "file-owner", name: "another", from: onFiles, change: fact("owner", "0"), found: true, words: []string{"user 0", "user 1000", "chown -R 1000 /var/lib/shop/sessions"}},
	{id: "file-owner", name: "not known", from: onFiles, change: fact("owner", "")},

	{id: "file-hosts", name: "two", from: onFiles, change: other(func(w *worker.Info) { w.Host = "web2" }), found: true, words: []string{"2 hosts", "web1, web2", "--redis-url", "file-hosts"}},
	{id: "file-hosts", name: "on Redis", change: other(func(w *worker.Info) { w.Host = "web2" })},
}
