//go:build unix

package faults

import (
	"fmt"
	"strings"
	"sync"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// onceTabs look at the page at the same time.
const onceTabs = 3

// once has a message waiting for the next page, and several tabs ask for it at
// once, each on any worker. One of them shows it. Where a tab got no answer it
// may have been that one.
func (tr *traffic) once() func() {
	var b *trial.Browser
	notes := 0
	return func() {
		if notes++; b == nil || notes%10 == 0 { // notes stay in the session, so not too many
			b = tr.app.NewBrowser()
			if _, ok := tr.do(b, "POST", "/login", "user", "reader"); !ok {
				b = nil
				return
			}
		}
		note := fmt.Sprint("note", notes)
		if _, ok := tr.do(b.With("Accept", "text/html"), "POST", "/items", "key", note, "value", "1"); !ok {
			return
		}
		var tabs sync.WaitGroup
		var mu sync.Mutex
		shown, silent := 0, 0
		for range onceTabs {
			tab := b.Clone(tr.app.URL).With("Accept", "text/html")
			tabs.Go(func() {
				a, ok := tr.do(tab, "GET", "/")
				mu.Lock()
				defer mu.Unlock()
				if !ok {
					silent++
				} else if strings.Contains(a.Body, "Saved under "+note+".") {
					shown++
				}
			})
		}
		tabs.Wait()
		switch {
		case shown > 1:
			tr.t.Logf("%s was shown %d times", note, shown)
			tr.count(func(o *outcome) { o.twice++ })
		case shown == 1:
			tr.count(func(o *outcome) { o.shown++ })
		case silent == 0:
			tr.t.Logf("%s was never shown", note)
			tr.count(func(o *outcome) { o.lost++ })
		}
	}
}
