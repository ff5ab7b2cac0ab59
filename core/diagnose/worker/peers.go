package worker

import (
	"errors"
	"os"
	"slices"
	"syscall"
)

// Peers are those of list that serve the same sessions as self, with
// self among them when it is in list: one for each process, the way an
// operator counts. Left out are
//
//   - a process that has ended and could not withdraw, where that can be seen
//     from here, on the same host and in the same container: elsewhere it
//     ages out;
//   - the process that started self or another one by Fiber's prefork: it
//     serves nothing itself;
//   - a manager for another cookie name, when its process has one for self's.
//
// It does no I/O but ask the system about processes, and changes list.
func Peers(list []Info, self Info) []Info {
	ours, supervisors := map[process]bool{}, map[process]bool{}
	for _, w := range append(slices.Clone(list), self) {
		ours[w.process()] = ours[w.process()] || w.Cookie == self.Cookie
		if w.Supervisor != 0 {
			supervisors[process{w.Host, w.PIDSpace, w.Supervisor}] = true
		}
	}
	return slices.DeleteFunc(list, func(w Info) bool {
		p := w.process()
		return supervisors[p] && !w.Prefork || w.Cookie != self.Cookie && ours[p] || w.PIDSpace == self.PIDSpace && p.ended()
	})
}

// process tells processes apart, of all hosts.
type process struct {
	host, space string
	pid         int
}

func (i Info) process() process { return process{i.Host, i.PIDSpace, i.PID} }

// ended reports whether a process of this one's PID space is known to have
// ended. One that another user runs has not, nor has one that is suspended.
func (p process) ended() bool {
	if p.space == "" || p.pid <= 0 {
		return false
	}
	found, err := os.FindProcess(p.pid)
	if err != nil {
		return false
	}
	defer found.Release()
	return errors.Is(found.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
