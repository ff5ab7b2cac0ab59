package worker_test

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// ids lists who counts, seen from self.
func ids(self worker.Info, list ...worker.Info) []string {
	got := []string{}
	for _, w := range worker.Peers(list, self) {
		got = append(got, w.ID)
	}
	return got
}

func wantIDs(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A process that has ended does not count, where this one can see it.
func TestEndedProcess(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^$")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	here := worker.PIDSpace()
	if here == "" {
		t.Skip("this system does not say what a process id is counted in")
	}
	self := worker.Info{ID: "self", Host: "a", PID: os.Getpid(), PIDSpace: here}
	ended := worker.Info{ID: "ended", Host: "a", PID: child.Process.Pid, PIDSpace: here}
	parent, elsewhere, unknown, nobody := ended, ended, ended, ended
	parent.ID, parent.PID = "parent", os.Getppid()
	elsewhere.ID, elsewhere.PIDSpace = "elsewhere", "0123456789abcdef"
	unknown.ID, unknown.PIDSpace = "unknown", ""
	nobody.ID, nobody.PID = "nobody", -1
	wantIDs(t, ids(self, ended, self, parent, elsewhere, unknown, nobody), "self", "parent", "elsewhere", "unknown", "nobody")
	self.PIDSpace = ""
	wantIDs(t, ids(self, ended, unknown), "ended", "unknown")
}

// The process that started others by prefork serves nothing, and the first of
// them knows it before it has announced itself.
func TestSupervisor(t *testing.T) {
	t.Parallel()
	master := worker.Info{ID: "master", Host: "a", PID: 10}
	one := worker.Info{ID: "one", Host: "a", PID: 11, Prefork: true, Supervisor: 10}
	two := worker.Info{ID: "two", Host: "a", PID: 12, Prefork: true, Supervisor: 10}
	namesake := worker.Info{ID: "namesake", Host: "b", PID: 10}
	contained := worker.Info{ID: "contained", Host: "a", PID: 10, PIDSpace: "0123456789abcdef"}
	offspring := worker.Info{ID: "offspring", Host: "a", PID: 13, Prefork: true, Supervisor: 11} // inherited the environment
	wantIDs(t, ids(one, master), []string{}...)
	wantIDs(t, ids(two, master, one, two), "one", "two")
	wantIDs(t, ids(namesake, master, one, namesake, contained), "one", "namesake", "contained")
	wantIDs(t, ids(one, one, offspring), "one", "offspring")
}

// A process with two cookies counts once, for either of them. One that has
// another cookie alone counts: that is a mistake to be seen.
func TestSeveralCookies(t *testing.T) {
	t.Parallel()
	of := func(id string, pid int, cookie string) worker.Info {
		return worker.Info{ID: id, Host: "a", PID: pid, Cookie: cookie}
	}
	shop1, admin1, shop2, admin2, other := of("shop1", 1, "shop"), of("admin1", 1, "admin"), of("shop2", 2, "shop"), of("admin2", 2, "admin"), of("other", 3, "session")
	twin := of("twin", 1, "shop")
	list := func() []worker.Info { return []worker.Info{shop1, admin1, shop2, admin2, other, twin} }
	wantIDs(t, ids(shop1, list()...), "shop1", "shop2", "other", "twin")
	wantIDs(t, ids(admin2, list()...), "admin1", "admin2", "other")
	wantIDs(t, ids(admin1, shop1), []string{}...)
}
