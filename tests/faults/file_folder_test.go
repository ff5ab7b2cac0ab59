//go:build linux

package faults

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// The folder is removed, or another one put in its place, while visitors come
// and go. Who was there gets a 503 until the workers have waited for it, and
// then has to log in again; nobody sees more than that, and nobody sees a part
// of a session.
func TestFolderGone(t *testing.T) {
	shared(t)
	for fault, replace := range map[string]func(t *testing.T, dir string){
		"session folder removed": func(t *testing.T, dir string) {
			eventually(t, "the folder is removed", func() bool { // files appear while it runs
				_ = os.RemoveAll(dir)
				return !exists(dir) || !exists(dir+"/store-id")
			})
		},
		"session folder replaced by an empty one": func(t *testing.T, dir string) {
			if err := os.Mkdir(dir+".new", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(dir, t.TempDir()+"/old"); err != nil {
				t.Fatal(err)
			}
			_ = os.Rename(dir+".new", dir) // a worker may have made one already
			_ = os.RemoveAll(dir + ".new")
		},
	} {
		t.Run(fault, func(t *testing.T) {
			shared(t)
			dir := t.TempDir() + "/sessions"
			app := startApp(t, "--session-dir", dir)
			tr := newTraffic(t, app)
			tr.begin()
			o := outcome{fault: fault}
			for range 3 * *rounds {
				ada := member(app)
				pass(50 * time.Millisecond)
				replace(t, dir)
				gone := time.Now()
				if me := ask(t, ada); here(me) {
					t.Errorf("after the removal: %+v", me)
				}
				again := member(app)
				o.rounds++
				o.recovery = append(o.recovery, tr.settle(gone))
				if me := again.Me(); me.Name() != "ada" || me.Values["tea"] != "green" {
					t.Errorf("who logged in after the removal is %+v", me)
				}
			}
			o.add(tr.end())
			o.writes += 2 * o.rounds
			nothingLost(t, o)
			report(o)
		})
	}
}

// member is logged in and has put something into the session.
func member(app *trial.App) *trial.Browser {
	b := app.NewBrowser()
	b.Login("ada")
	b.Do(http.StatusNoContent, "POST", "/items", "key", "tea", "value", "green")
	return b
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// The clock is set back by an hour: what was written before lies in the
// future. Nothing is lost, and expired sessions are still swept.
func TestClockSetBack(t *testing.T) {
	shared(t)
	dir := t.TempDir() + "/sessions"
	app := startApp(t, "--session-dir", dir)
	tr := drive(t, app)
	o := outcome{fault: "clock set back by 1h (files dated ahead)"}
	for range 3 * *rounds {
		pass(100 * time.Millisecond)
		ahead(t, dir, time.Hour)
		o.rounds++
		o.recovery = append(o.recovery, tr.settle(time.Now()))
	}
	o.add(tr.end())
	nothingLost(t, o)
	sweeps(t, dir)
	report(o)
}
