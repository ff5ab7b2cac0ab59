//go:build unix

package faults

import (
	"encoding/json"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// comeAndGo logs somebody in and out again, while another tab still writes.
// Once the logout is acknowledged, the old cookie must not open anything.
func (tr *traffic) comeAndGo() {
	b := tr.app.NewBrowser()
	if _, ok := tr.do(b, "POST", "/login", "user", "guest"); !ok {
		return
	}
	old, late := b.Clone(tr.app.URL), b.Clone(tr.app.URL)
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		_, _ = late.Try("POST", "/items", "key", "late", "value", "1")
	}()
	_, ok := tr.do(b, "POST", "/logout")
	<-wrote
	if !ok {
		return
	}
	back := false
	if a, ok := tr.do(old, "GET", "/me"); ok {
		var me trial.Me
		if err := json.Unmarshal([]byte(a.Body), &me); err != nil || here(me) {
			tr.t.Logf("after the logout: %s (%v)", a.Body, err)
			back = true
		}
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen.logouts++
	if back {
		tr.seen.back++
	} else {
		tr.departed = append(tr.departed, old) // it is tried again in the end
	}
}

// pidIn is the worker that answered GET /me, 0 for an answer that is another.
func pidIn(a trial.Answer) int {
	var me trial.Me
	if json.Unmarshal([]byte(a.Body), &me) != nil {
		return 0
	}
	return me.PID
}
