//go:build unix

package tests

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Whichever of four workers is asked, the sum of what all of them have done is what
// the visitors did.
func TestActivityOfAllWorkers(t *testing.T) {
	matrix(t, func(t *testing.T, router string, args []string) {
		app := trial.Start(t, router, append(args, "--workers", "4", "--debug-endpoints")...)
		const visitors, counts, strangers = 5, 20, 7
		var all sync.WaitGroup
		for range visitors {
			all.Go(func() {
				b := app.NewBrowser()
				b.Login("ada")
				var own sync.WaitGroup
				for range counts {
					own.Go(func() {
						if _, err := b.Clone(app.URL).Count(); err != nil {
							t.Error(err)
						}
					})
				}
				own.Wait()
				b.Do(http.StatusSeeOther, "POST", "/logout")
			})
		}
		for range strangers {
			all.Go(func() { app.NewBrowser().With("Cookie", "session=v1.forged").Me() })
		}
		all.Wait()
		b := app.NewBrowser()
		var sum worker.Activity
		until(t, time.Minute, "all workers have told", func() bool {
			sum = report[debug.WorkersReport](t, b, "/debug/workers").Activity
			return sum.Events["logged out"] >= visitors && sum.Requests >= visitors*(counts+1) && sum.Rejected["malformed"] >= strangers
		})
		if sum.Events["logged out"] != visitors || sum.Events["logged in"] != visitors || sum.Requests != visitors*(counts+1) ||
			sum.Rejected["malformed"] != strangers || sum.Failures != 0 || sum.Events["contended"] != 0 || sum.Events["gone"] != 0 {
			t.Errorf("%+v", sum)
		}
	})
}
