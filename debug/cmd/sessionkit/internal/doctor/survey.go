package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug"
)

func overview(a answer) (debug.Overview, bool) {
	o, ok := decode[debug.Overview](a)
	return o, ok && o.Session.Worker.ID != "" && o.Session.Session != nil
}

// enter asks for the first report. A worker that gives none may have others
// beside it that do.
func (t *trial) enter(ctx context.Context) (first answer, refused int) {
	for i := 0; ; i++ {
		a := t.do(ctx, http.MethodGet, "/debug/", "")
		_, ok := overview(a)
		if ok || i == 0 {
			first = a
		}
		refuses := a.status == http.StatusNotFound || a.status == http.StatusForbidden
		if ok || i == 5 || !refuses && (!isLost(a) || i == 3) {
			return first, refused
		}
		if refuses {
			refused++
		} else {
			t.failed(a)
		}
	}
}

// isLost reports whether a worker was asked that has not answered, or whose proxy
// says so, while another one may.
func isLost(a answer) bool {
	if a.err != nil {
		var unverified *tls.CertificateVerificationError
		var header tls.RecordHeaderError
		return !refusedConnection(a.err) && !errors.As(a.err, &unverified) && !errors.As(a.err, &header)
	}
	return a.status >= 502 && a.status <= 504
}

// survey asks for reports until no new worker answers any more.
func (t *trial) survey(ctx context.Context, a answer) {
	for quiet := 0; ; quiet++ {
		t.asked++
		if o, ok := overview(a); ok {
			if t.add(o, a) {
				quiet = 0
			}
		} else if isLost(a) {
			t.failed(a)
		} else {
			t.refusedBy++
		}
		enough := max(6, 5*len(t.workers))
		if len(t.workers) < min(t.known, t.minWorkers) { // of two, one hides from six requests every sixtieth time
			enough = max(18, enough)
		}
		if t.outage() { // each report takes its time
			enough = 2
		} else if len(t.workers) >= max(t.known, t.minWorkers) && t.refusedBy == 0 {
			enough = 4
		}
		if quiet >= enough || t.asked >= t.requests || len(t.failures) >= enoughFailures/2 || ctx.Err() != nil {
			return
		}
		a = t.do(ctx, http.MethodGet, "/debug/", "")
	}
}

// add takes a report, and reports whether its worker is a new one.
func (t *trial) add(o debug.Overview, a answer) bool {
	t.known = max(t.known, o.Workers.Summary.Count)
	if w := t.worker(o.Session.Worker.ID); w != nil {
		w.answers, w.took = w.answers+1, append(w.took, a.took)
		return false
	}
	t.workers = append(t.workers, &seen{Overview: o, at: time.Now(), took: []time.Duration{a.took}, answers: 1})
	return true
}

// outage reports whether the store of a worker does not do what it is asked.
func (t *trial) outage() bool {
	return slices.ContainsFunc(t.workers, func(w *seen) bool { return w.Store.Status == debug.StatusError })
}

// again asks each worker once more for what it has found meanwhile. The counts
// of refused cookies stay those from before the trial, which refuses some.
func (t *trial) again(ctx context.Context) {
	asked := map[string]bool{}
	for i := 0; i < t.requests && len(asked) < len(t.workers) && ctx.Err() == nil; i++ {
		a := t.do(ctx, http.MethodGet, "/debug/", "")
		o, ok := overview(a)
		if !ok {
			continue
		}
		t.add(o, a)
		id := o.Session.Worker.ID
		if w := t.worker(id); !asked[id] {
			before := w.Config.Rejections
			o.Config.Rejections = before
			w.Overview, w.at, asked[id] = merged(w.Overview, o), time.Now(), true
		}
	}
}

// merged is the later report, with findings of cookies from before the trial:
// it has shown some itself.
func merged(before, after debug.Overview) debug.Overview {
	ofCookies := []string{"cookie-foreign-key", "cookie-foreign-store", "cookie-bad-signature", "cookie-ambiguous"}
	isOne := func(f check.Finding) bool { return slices.Contains(ofCookies, f.ID) }
	kept := slices.DeleteFunc(slices.Clone(after.Config.Findings), isOne)
	for _, f := range before.Config.Findings {
		if isOne(f) {
			kept = append(kept, f)
		}
	}
	after.Config.Findings = kept
	return after
}

// asTheProxy has the trial ask as a proxy does that speaks https, where the app
// is in production, trusts its proxy and is asked without it, on this machine:
// it would say else that browsers come over http.
func (t *trial) asTheProxy() {
	for _, w := range t.workers {
		if w.info().Mode != "production" || w.setting("session-trust-proxy") != "true" {
			return
		}
	}
	if f, _ := t.finding("cookie-secure-http"); t.page.Scheme == "http" && t.token != "" && f.ID == "" {
		t.extra.Set("X-Forwarded-Proto", "https")
		behind := *t.page
		behind.Scheme = "https"
		t.page = &behind
	}
}

func (t *trial) describe() string {
	w := t.workers[0]
	text := fmt.Sprintf("%s answered, of %d known to the store: %s; %s in %s mode, sessions in %s", times(len(t.workers), "worker", "workers"), max(t.known, len(t.workers)),
		names(t.workers), w.info().Framework, w.info().Mode, w.Store.Kind)
	if w.Store.Address != "" {
		text += " at " + w.Store.Address
	}
	if prefix := w.Store.Facts["prefix"]; prefix != "" {
		text += ", prefix " + prefix
	}
	return text
}
