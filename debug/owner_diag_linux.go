package debug

import (
	"encoding/binary"
	"net/netip"
	"syscall"
)

// The parts of linux/sock_diag.h and linux/inet_diag.h that are needed here.
const (
	netlinkSockDiag = 4
	sockDiagRequest = 20 // SOCK_DIAG_BY_FAMILY
	sockDiagLen     = syscall.NLMSG_HDRLEN + 56
	sockDiagID      = 4  // where ports and addresses begin in an answer
	sockDiagUser    = 64 // where the user and the inode are in it
	sockDiagAnswer  = 72
)

// askOwner asks the kernel for the one socket that connects theirs to ours
// (sock_diag(7)), which costs some microseconds however many there are. ok is
// false where the kernel does not answer that, or knows no such socket.
func askOwner(theirs, ours netip.AddrPort) (uid int, ok bool) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return 0, false
	}
	defer syscall.Close(fd)
	if err := syscall.Sendto(fd, sockDiagQuestion(theirs, ours), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return 0, false
	}
	answer := make([]byte, 4096)
	n, _, err := syscall.Recvfrom(fd, answer, syscall.MSG_DONTWAIT) // the kernel has answered before Sendto returns
	if err != nil {
		return 0, false
	}
	messages, err := syscall.ParseNetlinkMessage(answer[:n])
	if err != nil || len(messages) == 0 || messages[0].Header.Type != sockDiagRequest || len(messages[0].Data) < sockDiagAnswer {
		return 0, false
	}
	return sockDiagOwner(messages[0].Data, theirs, ours)
}

// sockDiagQuestion is an inet_diag_req_v2 for one socket, in whatever state.
func sockDiagQuestion(theirs, ours netip.AddrPort) []byte {
	q := make([]byte, 0, sockDiagLen)
	q = binary.NativeEndian.AppendUint32(q, sockDiagLen)
	q = binary.NativeEndian.AppendUint16(q, sockDiagRequest)
	q = binary.NativeEndian.AppendUint16(q, syscall.NLM_F_REQUEST)
	q = append(q, make([]byte, 8)...) // sequence and port: one question, one answer
	family := byte(syscall.AF_INET)
	if theirs.Addr().Is6() {
		family = syscall.AF_INET6
	}
	q = append(q, family, syscall.IPPROTO_TCP, 0, 0)
	q = binary.NativeEndian.AppendUint32(q, 0xffffffff) // all states
	q = binary.BigEndian.AppendUint16(q, theirs.Port())
	q = binary.BigEndian.AppendUint16(q, ours.Port())
	for _, addr := range []netip.Addr{theirs.Addr(), ours.Addr()} {
		raw := addr.AsSlice()
		q = append(append(q, raw...), make([]byte, 16-len(raw))...)
	}
	q = append(q, 0, 0, 0, 0)                                        // any interface
	return append(q, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // no cookie
}

// sockDiagOwner reads an inet_diag_msg. A listener answers too where there is no
// such connection; and one that its program has closed already belongs to nobody,
// for whom the kernel says 0.
func sockDiagOwner(answer []byte, theirs, ours netip.AddrPort) (uid int, ok bool) {
	id, length := answer[sockDiagID:], 4
	if answer[0] == syscall.AF_INET6 {
		length = 16
	}
	end := func(port, address int) netip.AddrPort {
		addr, _ := netip.AddrFromSlice(id[address : address+length])
		return unmapped(netip.AddrPortFrom(addr, binary.BigEndian.Uint16(id[port:])))
	}
	uid = int(binary.NativeEndian.Uint32(answer[sockDiagUser:]))
	inode := binary.NativeEndian.Uint32(answer[sockDiagUser+4:])
	return uid, end(0, 4) == theirs && end(2, 20) == ours && inode != 0
}
