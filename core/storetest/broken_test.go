package storetest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/storetest"
)

// brokenVariable names the broken store that TestBrokenStore runs the suite
// on, in a process of its own: there a failure is what is asked for.
const brokenVariable = "STORETEST_BROKEN"

// brokenStores are stores with one fault each, and the case that finds it.
var brokenStores = []struct {
	fault   string
	make    func(*memstore.Store) driver.Store
	foundBy string
}{
	{"keeps the pointer it is given", newKeepsPointers, "records/a saved record is the caller's own"},
	{"hands out the pointer it keeps", newSharesPointers, "records/a loaded record is the caller's own"},
	{"stores whole seconds", newWholeSeconds, "records/times keep their milliseconds"},
	{"drops large values", newDropsLarge, "values/a value of a megabyte"},
	{"last write wins", newLastWriteWins, "cas/a save based on a stale read conflicts"},
	{"creates over what is there", newCreatesOver, "cas/a create over a live record conflicts"},
	{"raises the revision of a failed save", newRaisesAlways, "cas/a save based on a stale read conflicts"},
	{"conflict without a record", newBareConflict, "cas/a save based on a stale read conflicts"},
	{"resurrects", newResurrects, "cas/a save after a delete is gone"},
	{"removes without comparing", newRemovesBlindly, "removal/compare and delete of another revision conflicts"},
	{"complains about a delete of nothing", newStrictDelete, "removal/delete of a missing record is no error"},
	{"never expires", newNeverExpires, "expiry/an expired record is not found"},
	{"touch creates", newTouchCreates, "expiry/touch never creates"},
	{"touch raises the revision", newTouchSaves, "expiry/touch changes the expiry and nothing else"},
	{"touch does nothing", newTouchIdles, "expiry/touch keeps a record alive"},
	{"touch shortens", newTouchShortens, "expiry/126 touch never shortens"},
	{"a save forgets touches", newForgetsTouches, "expiry/a save keeps the expiry"},
	{"forgets idle times", newForgetsIdleTimes, "expiry/an idle time of its own"},
	{"forgets details", newForgetsDetails, "records/what is saved is loaded"},
	{"forgets labels", newForgetsLabels, "records/what is saved is loaded"},
	{"sweeps the living", newSweepsAll, "sweep/a sweep removes only what expired"},
	{"sweeps by what it saw before", newSweepsLate, "sweep/a sweep never beats a touch"},
	{"loses the user index", newLosesUsers, "users/all sessions of a user"},
	{"index never forgets", newStaleUsers, "users/the index follows login, change and logout"},
	{"folds the case of users", newFoldsUsers, "users/users whose names are strange or alike"},
	{"lists twice", newListsTwice, "listing/every live session once"},
	{"ends a listing without a word", newListsHalf, "listing/a listing that is cut short says so"},
	{"locks while listing", newListsLocked, "listing/a listing does not block the store"},
	{"checks, then acts", newChecksThenActs, "concurrency/no increment is lost"},
	{"adopts every origin", newAdoptsOrigins, "identity/an origin is stable"},
	{"keeps the dead", newKeepsDead, "workers/a silent worker is forgotten"},
	{"hears a worker once", newHearsOnce, "workers/a worker that goes on announcing itself stays"},
	{"withdraws everybody", newWithdrawsAll, "workers/a worker withdraws"},
	{"shares what is announced", newSharesAnnounced, "workers/what is announced is the caller's own"},
	{"loses announcements made at once", newLosesAnnounced, "workers/a hundred workers at once"},
	{"announces after a cancel", newAnnouncesLate, "workers/a cancelled context changes no worker"},
	{"ignores the context", newIgnoresContext, "failure/a cancelled context changes nothing"},
	{"takes a cancel for a missing record", newHidesCancel, "failure/a cancelled call is not a missing record"},
	{"stays open", newStaysOpen, "failure/a closed store says so"},
	{"fails on corrupt records", newFailsOnCorrupt, "corruption/a corrupt record is not found"},
}

// TestSuiteFindsFaults shows that the suite can fail.
func TestSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	for _, broken := range brokenStores {
		t.Run(broken.fault, func(t *testing.T) {
			t.Parallel()
			name := "TestBrokenStore/" + strings.ReplaceAll(broken.foundBy, " ", "_")
			pattern := "^" + strings.ReplaceAll(name, "/", "$/^") + "$"
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+pattern)
			cmd.Env = append(os.Environ(), brokenVariable+"="+broken.fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+name) {
				t.Errorf("the suite does not notice: error %v\n%s", err, out)
			}
			if strings.Contains(string(out), "panic:") {
				t.Errorf("the suite panics:\n%s", out)
			}
		})
	}
}

// TestBrokenStore is what TestSuiteFindsFaults runs.
func TestBrokenStore(t *testing.T) {
	fault := os.Getenv(brokenVariable)
	if fault == "" {
		t.Skipf("%s names no fault", brokenVariable)
	}
	storetest.SetPatience(500 * time.Millisecond)
	for _, broken := range brokenStores {
		if broken.fault == fault {
			storetest.Run(t, func(t testing.TB) driver.Store { return broken.make(memory(t)) },
				storetest.WithCorrupt(corruptText))
		}
	}
}
