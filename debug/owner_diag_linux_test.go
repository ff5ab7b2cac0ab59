package debug

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"
)

func addrPort(a net.Addr) netip.AddrPort { return unmapped(a.(*net.TCPAddr).AddrPort()) }

// The kernel and its tables say the same of a connection, also of one by IPv4 on
// a socket of IPv6, and nothing of a socket that is none.
func TestOwnerOfASocket(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ network, listen, dial string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"}, {"tcp6", "[::1]:0", "::1"}, {"tcp", ":0", "127.0.0.1"}, {"tcp", ":0", "::1"},
	} {
		t.Run(c.network+" to "+c.dial, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen(c.network, c.listen)
			if err != nil {
				t.Skip(err)
			}
			defer listener.Close()
			_, port, _ := net.SplitHostPort(listener.Addr().String())
			client, err := net.Dial("tcp", net.JoinHostPort(c.dial, port))
			if err != nil {
				t.Skip(err)
			}
			server, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			theirs, ours := addrPort(server.RemoteAddr()), addrPort(server.LocalAddr())
			uid, ok := askOwner(theirs, ours)
			if !ok && os.Getenv("CI") != "true" {
				t.Skip("this kernel answers for no single socket")
			}
			if !ok || uid != os.Geteuid() {
				t.Errorf("the kernel says %d, %v", uid, ok)
			}
			deadline := time.Now().Add(time.Minute)
			var owners []int
			for len(owners) == 0 && time.Now().Before(deadline) { // a table that changes while it is read may lack a line
				owners, _ = findOwners(theirs, ours)
			}
			if !slices.Equal(owners, []int{os.Geteuid()}) {
				t.Errorf("its tables say %v", owners)
			}
			listening := netip.AddrPortFrom(ours.Addr(), ours.Port())
			if uid, ok := askOwner(listening, netip.AddrPortFrom(ours.Addr(), 1)); ok {
				t.Errorf("a listener is taken for a connection of %d", uid)
			}
			client.Close() // the kernel holds on to it for a while, for nobody
			gone := func() bool {
				_, ok := askOwner(theirs, ours)
				owners, _ := findOwners(theirs, ours)
				return !ok && len(owners) == 0
			}
			for ; !gone(); time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("a connection that was closed still has an owner")
				}
			}
		})
	}
}
