package prefork

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// reserve makes sure that nobody else has the address and returns it with its
// port, which is drawn when it is 0. Workers could join a stranger that
// listens with SO_REUSEPORT too, and would then get a part of its requests.
func reserve(addr string) (string, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", explain(addr, err)
	}
	return listener.Addr().String(), listener.Close()
}

// explain says what to do about an address that is in use.
func explain(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use by another program: stop that one, or choose another address with --addr", addr)
	}
	return err
}
