package file

import (
	"syscall"
	"time"
)

// The request path reads through plain system calls: a regular file never
// waits in the poller that os.File registers with, and open, fstat, read and
// close are all that is needed.

// opened is an open file and what one look at it told.
type opened struct {
	fd      int
	size    int64
	mtime   time.Time
	regular bool
	uid     int
}

func open(path string) (opened, error) {
	const flags = syscall.O_RDONLY | syscall.O_CLOEXEC | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	fd, err := uninterrupted(func() (int, error) { return syscall.Open(path, flags, 0) })
	if err != nil {
		return opened{}, err
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		syscall.Close(fd)
		return opened{}, err
	}
	return opened{
		fd:      fd,
		size:    st.Size,
		mtime:   time.Unix(st.Mtim.Unix()),
		regular: st.Mode&syscall.S_IFMT == syscall.S_IFREG,
		uid:     int(st.Uid),
	}, nil
}

func (f *opened) close() { syscall.Close(f.fd) }

// text reads the whole file. A usual session fits on the stack, so the only
// copy of it is the string.
func (f *opened) text() (string, error) {
	var small [4096]byte
	buf := small[:]
	if f.size > int64(len(buf)) {
		buf = make([]byte, f.size)
	}
	buf = buf[:f.size]
	n := 0
	for n < len(buf) {
		m, err := syscall.Read(f.fd, buf[n:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		if m == 0 {
			break
		}
		n += m
	}
	return string(buf[:n]), nil
}

func uninterrupted(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != syscall.EINTR {
			return n, err
		}
	}
}
