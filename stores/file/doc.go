// Package file keeps sessions in a folder: for several processes on one
// machine, without any server.
//
//	store, err := file.Open("/var/lib/shop/sessions")
//
// # What lies where
//
//	DIR/sessions/ab/ab01….json   one session, a line of JSON
//	DIR/sessions/ab/.lock        held while a session of this folder changes
//	DIR/users/HASH/ab01…         empty: this session belongs to that user
//	DIR/corrupt/ab01….1767225600 a session that could not be decoded, kept 7 days
//	DIR/store-id                 the store's origin, 8 hex digits
//	DIR/workers/0a1b2c3d.json    what a running worker says of itself
//
// A session's file is named by the hash of what the cookie carries, so who
// can list the folder cannot make a cookie from it. Files are 0600 and
// folders 0700, whatever the umask.
//
// Every folder above DIR has to belong to root or to the user that runs the
// program, and nobody else may write to it, groups included; those with the
// sticky bit, such as /tmp, may be open to all. Links are followed, and held to
// the same. It is what sshd asks of the way to a user's keys: who can move DIR
// away and back decides which sessions there are. Open says what to change.
//
// The modification time of a session's file is the moment it expires, to the
// millisecond. A touch moves it and rewrites nothing, a sweep looks at
// nothing else. So a file that was edited by hand or copied without its times
// (cp without -p) has expired. DIR/users belongs to the data: without it the
// sessions of a user are not found by user.
//
// The file of a worker carries its end in the same way. The worker writes it
// anew every 5 seconds, so one that was killed is soon left out.
//
// # Folders that vanish
//
// While DIR is missing, or one of its folders that was there, nobody can tell
// which sessions have ended: loading, changing, ending and listing them is a
// *[FolderError]. A new session makes what it needs at once. What is missing
// for some seconds is given up: its sessions are not found from then on. A
// manager has the store look every 5 seconds.
//
// # Several processes
//
// Every change happens under a lock of the operating system on one of 256
// lock files; reading takes none. A new record is written beside the old one
// and renamed over it. A process killed at any moment leaves the old record
// or the new one, never a part of one, and no lock: the kernel lets go of it.
//
// The folder has to be on a local file system. Network file systems differ in
// what locks and renames promise, and the sessions of several machines belong
// into Redis.
package file
