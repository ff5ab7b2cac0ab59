package generator

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// Kind says how the load is made.
const Kind = "one thread on epoll"

// connection is a socket with at most one request under way.
type connection struct {
	fd   int
	sent time.Time
	buf  []byte
	n    int // bytes in buf
}

// Run does a job: two system calls a request, and one more for all answers
// that have come at once.
func Run(job Job) (Result, error) {
	r := newRun(job)
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(poll)
	connections := make(map[int32]*connection, job.Connections)
	for range job.Connections {
		c, err := dial(job.Addr)
		if err != nil {
			return Result{}, err
		}
		defer unix.Close(c.fd)
		connections[int32(c.fd)] = c
		if err := unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(c.fd)}); err != nil {
			return Result{}, err
		}
	}
	begin := time.Now()
	r.deadline = begin.Add(job.Duration)
	busy := 0
	for _, c := range connections {
		if sent, err := c.send(r, begin); err != nil {
			return Result{}, err
		} else if sent {
			busy++
		}
	}
	now := begin
	events := make([]unix.EpollEvent, job.Connections)
	for busy > 0 {
		n, err := unix.EpollWait(poll, events, int(patience.Milliseconds()))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return Result{}, err
		case n == 0:
			return Result{}, fmt.Errorf("%s %s: no answer within %s", job.Addr, job.Path, patience)
		}
		for i := range n {
			c := connections[events[i].Fd]
			head, size, err := c.receive()
			if err != nil {
				return Result{}, fmt.Errorf("%s %s: %w", job.Addr, job.Path, err)
			}
			if size == 0 {
				continue
			}
			now = time.Now()
			r.answered(head, now.Sub(c.sent))
			c.n = copy(c.buf, c.buf[size:c.n])
			sent, err := c.send(r, now)
			if err != nil {
				return Result{}, err
			}
			if !sent {
				busy--
			}
		}
	}
	return r.done(now.Sub(begin)), nil
}

// patience bounds the wait for one answer.
const patience = 30 * time.Second

func dial(addr string) (*connection, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("%s: %w", addr, err)
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return &connection{fd: fd, buf: make([]byte, 128<<10)}, nil
}

func (c *connection) send(r *run, now time.Time) (sent bool, err error) {
	b := r.request(now)
	if b == nil {
		return false, nil
	}
	c.sent = now
	_, err = unix.Write(c.fd, b) // a request fits into the socket's buffer
	return err == nil, err
}

func (c *connection) receive() (head []byte, size int, err error) {
	n, err := unix.Read(c.fd, c.buf[c.n:])
	if err != nil {
		return nil, 0, err
	}
	if n == 0 {
		return nil, 0, errors.New("the server closed the connection")
	}
	c.n += n
	return split(c.buf[:c.n])
}
