package redistest

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Ports that tests take are below those that systems give to outgoing
// connections (32768 on Linux), or one of these would take the port of a
// server that is down for a moment.
const lowestPort, highestPort = 12000, 32000

// FreePort returns a TCP port of 127.0.0.1 that is the test's own until its
// end: no other test is given it, in this process or another, also while
// nothing listens there.
func FreePort(t testing.TB) string {
	t.Helper()
	port, release, err := ClaimPort()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return port
}

// ClaimPort is [FreePort] for what is no test: the port is the caller's own
// until it is released.
func ClaimPort() (port string, release func(), err error) {
	for range 1000 {
		port := strconv.Itoa(lowestPort + rand.IntN(highestPort-lowestPort))
		addr := net.JoinHostPort("127.0.0.1", port)
		claim, err := net.ListenPacket("udp4", addr) // UDP of the same number, as a lock between processes
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp4", addr)
		if err != nil {
			claim.Close()
			continue
		}
		l.Close()
		return port, func() { claim.Close() }, nil
	}
	return "", nil, errors.New("redistest: no free port")
}
