package debug

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// socketTables list the TCP sockets of this network namespace, each line with
// the user that has made it. One that speaks IPv4 is in the second table where
// its program asked for IPv6.
var socketTables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// overflowUser stands for all users that this user namespace does not know.
const overflowUser = 65534

// ownerOf finds the user whose socket is the other end of a connection: the
// one whose local address is our peer's. Who is still waiting for an answer has
// it open. A connection that is not in the tables is nobody's that can be named.
func ownerOf(peer string, local net.Addr) (uid int, who owner) {
	theirs, err := netip.ParseAddrPort(peer)
	ours, ok := local.(*net.TCPAddr)
	if err != nil || !ok {
		return 0, ownerUnknown
	}
	var owners []int
	if uid, ok := askOwner(unmapped(theirs), unmapped(ours.AddrPort())); ok {
		owners = []int{uid}
	}
	var failed error
	for range 3 { // a table that changes while it is read may lack a line
		if len(owners) > 0 {
			break
		}
		owners, failed = findOwners(unmapped(theirs), unmapped(ours.AddrPort()))
	}
	us := os.Geteuid()
	other := slices.IndexFunc(owners, func(uid int) bool { return uid != us || uid == overflowUser })
	switch {
	case other >= 0:
		return owners[other], ownerOther
	case len(owners) == 0 && errors.Is(failed, syscall.EMFILE):
		return 0, ownerUnasked
	case len(owners) == 0:
		return 0, ownerUnknown
	}
	return us, ownerUs
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// findOwners lists the users of the sockets that connect theirs to ours, where
// the kernel does not answer for one of them. Each table takes it some
// milliseconds, and more with every connection there is. err is why one could not
// be read.
func findOwners(theirs, ours netip.AddrPort) (uids []int, err error) {
	for _, table := range socketTables {
		text, failed := os.ReadFile(table)
		if failed != nil {
			err = failed
			continue
		}
		for line := range bytes.Lines(text) {
			// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode ...
			fields := strings.Fields(string(line))
			if len(fields) < 10 || fields[9] == "0" || socketAddress(fields[1]) != theirs || socketAddress(fields[2]) != ours {
				continue
			}
			uid, err := strconv.Atoi(fields[7])
			if err != nil {
				uid = -1
			}
			uids = append(uids, uid)
		}
		if len(uids) > 0 {
			break
		}
	}
	return uids, err
}

// socketAddress reads an address as the tables have it: "0100007F:1F90", each
// 32 bits of it in the machine's own order.
func socketAddress(text string) (addr netip.AddrPort) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(raw)%4 != 0 {
		return addr
	}
	for word := raw; len(word) > 0; word = word[4:] {
		binary.BigEndian.PutUint32(word, binary.NativeEndian.Uint32(word))
	}
	ip, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(number))
}
