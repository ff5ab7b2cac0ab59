//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package prefork

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

const canShare = true

// listenShared listens on an address that other processes of this user listen
// on too. On Linux and FreeBSD each of them gets its share of the connections;
// elsewhere one may get them all.
func listenShared(addr string) (net.Listener, error) {
	config := net.ListenConfig{Control: reusePort}
	return config.Listen(context.Background(), "tcp", addr)
}

func reusePort(_, _ string, conn syscall.RawConn) error {
	var failed error
	err := conn.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	if err != nil {
		return err
	}
	return failed
}
