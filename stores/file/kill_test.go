package file_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

// The test binary is its own second process.
const (
	childDir = "SESSIONKIT_TEST_CHILD_DIR"
	childID  = "SESSIONKIT_TEST_CHILD_ID"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := writeUntilKilled(dir, os.Getenv(childID)); err != nil {
			fmt.Println("error", err)
		}
		return
	}
	os.Exit(m.Run())
}

// 86: a process killed at any moment leaves the old record or the new one,
// an index that names every session, and no lock.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := newDirOnDisk(t)
	s := open(t, dir)
	id := newID()
	mustSave(t, s, id, written(1))
	deadline := time.Now().Add(1500 * time.Millisecond)
	created := map[driver.ID]bool{}
	rounds := 0
	for ; time.Now().Before(deadline); rounds++ {
		acked := killWriter(t, dir, id, created)

		r := mustLoad(t, s, id)
		want := written(r.Revision)
		if r.Revision < acked || r.User != want.User || r.Values != want.Values {
			t.Fatalf("round %d: revision %d of user %q after %d was saved", rounds, r.Revision, r.User, acked)
		}
		if ids(t, s.ByUser(t.Context(), r.Owner()))[id] == nil {
			t.Fatalf("round %d: the session is not in the index", rounds)
		}
		next := written(r.Revision + 1)
		next.Revision = r.Revision
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := s.Save(ctx, id, next); err != nil {
			t.Fatalf("round %d: save after the kill: %v", rounds, err)
		}
		cancel()
	}
	indexed := ids(t, s.ByUser(t.Context(), driver.Owner{User: "new"}))
	for other, r := range ids(t, s.All(t.Context())) {
		if r.User == "new" && indexed[other] == nil {
			t.Error("a session is not in the index")
		}
	}
	for other := range created {
		if indexed[other] == nil {
			t.Error("a saved session is lost")
		}
	}
	_, err := s.Sweep(t.Context())
	check(t, err)
	for _, name := range filesBelow(t, dir) {
		if strings.HasSuffix(name, ".tmp") {
			t.Errorf("%s was left behind", name)
		}
	}
	t.Logf("%d rounds, %d sessions made", rounds, len(created))
}

// killWriter starts a writing process and kills it. It returns the last
// revision that the process had saved, and notes the sessions it had made.
func killWriter(t *testing.T, dir string, id driver.ID, created map[driver.ID]bool) (acked uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childID+"="+id.Hex())
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	check(t, err)
	check(t, child.Start())
	var kill *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if kill == nil { // it has begun
			kill = time.AfterFunc(rand.N(20*time.Millisecond), func() { child.Process.Kill() })
		}
		what, value, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "saved":
			fmt.Sscan(value, &acked)
		case "made":
			other, err := driver.ParseID(value)
			check(t, err)
			created[other] = true
		default:
			t.Errorf("the writing process says: %s", lines.Text())
		}
	}
	child.Wait()
	if kill == nil {
		t.Fatal("the writing process did not begin")
	}
	return acked
}

// writeUntilKilled is the other process. What it prints is saved.
func writeUntilKilled(dir, hex string) error {
	id, err := driver.ParseID(hex)
	if err != nil {
		return err
	}
	s, err := file.Open(dir, file.WithSweepInterval(-1))
	if err != nil {
		return err
	}
	ctx := context.Background()
	r, err := s.Load(ctx, id)
	for err == nil {
		next := written(r.Revision + 1)
		next.Revision = r.Revision
		if err = s.Save(ctx, id, next); err != nil {
			break
		}
		fmt.Println("saved", next.Revision)
		r = next
		other := newID()
		if err = s.Save(ctx, other, record("new", "k", "v")); err == nil {
			fmt.Println("made", other)
		}
	}
	return err
}

// written is the record that a revision has to hold: half of another one
// would not match.
func written(revision uint64) *driver.Record {
	user := fmt.Sprintf("user %d", revision%3)
	return record(user, "k", strings.Repeat(fmt.Sprintf("%d,", revision), 100+int(revision%50)*20))
}
