package doctor

import (
	"fmt"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
)

// storeDown: the store does not do what it is asked, for the reason that says
// most.
func storeDown(e *evidence) *cause {
	for _, id := range []string{"redis-replica", "redis-full", "redis-silent", "file-open", "file-owner", "store-refuses", "store-unreachable"} {
		if c := e.found(id, "file-open", "file-owner", "redis-replica", "redis-full", "store-refuses", "store-unreachable", failed, "redis-memory", "redis-evicts",
			"redis-refuses", "store-unchecked", "store-slow", "workers-missing", "requests-fail", "parallel-failed", "not-found"); c != nil {
			return e.folder(c)
		}
	}
	for _, f := range e.session.failures {
		id := map[string]string{"store-unavailable": "store-unreachable", "store-refuses": "store-refuses"}[f.Reason]
		if id != "" {
			return &cause{Problem: report.Problem{ID: id, Message: f.Error, Fix: f.Fix, Docs: "docs/checks.md#" + id}, covers: []string{failed}}
		}
	}
	return nil
}

// folder names what is wrong with a folder that the file store refuses to use:
// its error says so, since nothing else can be asked then.
func (e *evidence) folder(c *cause) *cause {
	for _, refused := range []struct{ text, id, fix string }{
		{" is open to other users", "file-open", "chmod 700 "},
		{" belongs to ", "file-owner", "chown -R $(id -u) "},
	} {
		if dir := e.workers[0].Store.Address; e.workers[0].Store.Kind == "file" && strings.Contains(c.Message, refused.text) && dir != "" {
			c.ID, c.Docs, c.Fix = refused.id, "docs/checks.md#"+refused.id, refused.fix+dir
		}
	}
	return c
}

// ofMemory is what comes of sessions in the memory of each worker.
var ofMemory = []string{"store-memory", "fiber-prefork-memory", "foreign-store", "foreign-key", "cookie-foreign-store", "cookie-foreign-key", "secret-key-missing", "fiber-prefork-key",
	"store-differs", "workers-missing", "key-changed", "store-changed"}

// privateMemory: several workers, each with sessions of its own.
func privateMemory(e *evidence) *cause {
	var private []*seen
	prefork := false
	for _, w := range e.workers {
		if w.Store.Private {
			private = append(private, w)
			prefork = prefork || w.entry().Prefork
		}
	}
	_, told := e.finding("store-private")
	if shared := len(e.workers) - len(private); len(private) > 0 && shared > 0 {
		return &cause{loses: true, covers: ofMemory, Problem: report.Problem{ID: "store-private", Docs: "docs/checks.md#store-private",
			Message: fmt.Sprintf("%s keeps its sessions in its own memory, and the other workers share a store: a visitor is logged in on one and unknown on the next", names(private)),
			Fix:     fmt.Sprintf("give every worker the same %s, %s and %s", e.title("session-store"), e.title("redis-url"), e.title("session-dir"))}}
	}
	if len(private) == 0 || len(e.workers) < 2 && len(told) == 0 && !prefork {
		return nil
	}
	c := &cause{loses: true, Problem: report.Problem{ID: "store-private", Docs: "docs/checks.md#store-private",
		Message: fmt.Sprintf("each worker keeps its sessions in its own memory, and there are several (%s): a visitor is logged in on one and unknown on the next", names(private)),
		Fix:     fmt.Sprintf("set %s to file for workers on one machine, or %s to a Redis for several", e.title("session-store"), e.title("redis-url"))},
		covers: ofMemory}
	if prefork {
		c.ID, c.Docs = "fiber-prefork-memory", "docs/checks.md#fiber-prefork-memory"
		c.Message = fmt.Sprintf("Fiber's prefork runs several processes (%s), and each keeps its sessions in its own memory: a visitor is logged in on one and unknown on the next", names(private))
		c.Fix += "; or set Prefork: false in fiber.Config (Fiber v3: EnablePrefork in fiber.ListenConfig)"
		c.covers = append([]string{"store-private"}, ofMemory...)
	}
	if e.keysAreDrawn() {
		c.Fix += "; and " + e.newKey()
	}
	return c
}

func storeFallback(e *evidence) *cause {
	return e.found("store-fallback", "foreign-store", "cookie-foreign-store", "store-differs", "file-temporary", "workers-missing", "not-found")
}

// storesDiffer: not all workers have the same store.
func storesDiffer(e *evidence) *cause {
	text, different := e.differ(func(w *seen) string { return w.Session.Store.ID })
	if !different {
		return nil
	}
	c := &cause{loses: true, Problem: report.Problem{ID: "store-differs", Seen: []string{"the ids of the stores: " + text}},
		covers: []string{"foreign-store", "cookie-foreign-store", "workers-missing", "store-changed", "not-found", "file-temporary"}}
	var fixes []string
	for _, flag := range []string{"session-store", "redis-url", "session-prefix", "session-dir"} {
		if text, different := e.differ(func(w *seen) string { return w.setting(flag) }); different {
			if c.Message == "" {
				c.Message = fmt.Sprintf("workers keep their sessions in different places: --%s is %s", flag, text)
			} else {
				c.Seen = append(c.Seen, fmt.Sprintf("--%s is %s", flag, text))
			}
			fixes = append(fixes, e.title(flag))
		}
	}
	if c.Message == "" {
		address, _ := e.differ(func(w *seen) string { return w.Store.Address })
		c.Message = "workers keep their sessions in different places: " + address
		fixes = append(fixes, e.title("session-dir"))
		if e.workers[0].Store.Kind == "redis" {
			c.Message += ", and one name leads to two servers"
			fixes = []string{e.title("redis-url") + ", an address that leads to one server from all of them"}
		}
	}
	c.Fix = "give every worker the same " + strings.Join(fixes, " and ")
	if kinds, _ := e.values(func(w *seen) string { return w.Store.Kind }); len(kinds) == 1 && kinds[0] == "file" {
		c.Fix += "; for workers on several machines set " + e.title("redis-url")
	}
	return c
}

// storeChanged: cookies of another store come, and all workers have one.
func storeChanged(e *evidence) *cause {
	n := e.rejections("foreign-store")
	if f, _ := e.finding("cookie-foreign-store"); n == 0 || f.ID == "" {
		return nil
	}
	c := &cause{loses: true, Problem: report.Problem{ID: "cookie-foreign-store", Docs: "docs/checks.md#cookie-foreign-store",
		Message: fmt.Sprintf("%s came with the cookie of a session on another store, and all workers that answer have one store: it was changed or emptied, or a worker on another one does not answer here", times(n, "request", "requests")),
		Fix:     fmt.Sprintf("give every worker the store that there was before: %s, %s, %s", e.title("redis-url"), e.title("session-prefix"), e.title("session-dir"))},
		covers: []string{"foreign-store", "not-found"}}
	return e.atRisk(c)
}

// atRisk adds to a store that has lost sessions why it could.
func (e *evidence) atRisk(c *cause) *cause {
	for _, id := range []string{"file-temporary", "file-container", "redis-no-persistence"} {
		if f, _ := e.finding(id); f.ID != "" {
			c.Seen = append(c.Seen, f.Message)
			c.Fix = f.Fix
			c.covers = append(c.covers, id)
		}
	}
	return c
}

// evicted: Redis has thrown keys out.
func evicted(e *evidence) *cause {
	f, _ := e.finding("redis-evicts")
	var n int64
	for _, w := range e.workers {
		if w.Redis.Evictions != nil {
			n = max(n, *w.Redis.Evictions)
		}
	}
	if f.ID == "" || n == 0 {
		return nil
	}
	c := &cause{loses: true, Problem: report.Problem{ID: f.ID, Fix: f.Fix, Docs: f.Docs, Seen: []string{f.Message},
		Message: fmt.Sprintf("Redis is full and has thrown out %s: live sessions among them, whose visitors are logged out (maxmemory-policy %s)", times(int(n), "key", "keys"), e.workers[0].Redis.Policy)},
		covers: []string{"redis-memory", "redis-refuses", "not-found", "sessions-lost", "logout-undone", "lost-update"}}
	if lost := e.rejections("not-found"); lost > 0 {
		c.Seen = append(c.Seen, times(lost, "request", "requests")+" came with the cookie of a session that is not there any more")
	}
	return c
}

// storeLost: the store was emptied, or started anew with nothing, while workers
// ran.
func storeLost(e *evidence) *cause {
	lost := e.rejections("not-found")
	seen := []string{}
	if lost > 0 {
		seen = append(seen, times(lost, "request", "requests")+" came with the cookie of a session that is not there any more")
	}
	covers := []string{"not-found", "sessions-lost"}
	if w, ago := e.restarted(); w != nil && (lost > 0 || ago < 24*time.Hour) {
		if f, _ := e.finding("redis-no-persistence"); f.ID != "" {
			return &cause{loses: true, Problem: report.Problem{ID: f.ID, Fix: f.Fix, Docs: f.Docs, Seen: seen,
				Message: fmt.Sprintf("Redis was started anew %v ago, while the workers ran, and it keeps nothing over a restart: every session was lost", ago.Round(time.Second))},
				covers: covers}
		}
	}
	if ago, known := e.emptied(); known {
		c := &cause{loses: true, Problem: report.Problem{ID: "sessions-lost", Seen: seen, Docs: "docs/checks.md#sessions-lost",
			Message: fmt.Sprintf("the session store (%s) was emptied %v ago, while the workers ran: every session was lost", e.workers[0].Store.Kind+" at "+e.workers[0].Store.Address, ago.Round(time.Second)),
			Fix:     "find out who empties it: a FLUSHALL or FLUSHDB of another program, or a job that cleans folders up"}, covers: covers}
		for _, id := range []string{"file-temporary", "file-container"} {
			if f, _ := e.finding(id); f.ID != "" {
				c.Fix, c.covers = f.Fix, append(c.covers, id)
				c.Seen = append(c.Seen, f.Message)
			}
		}
		return c
	}
	if f, _ := e.finding("sessions-lost"); f.ID != "" && f.Severity != check.Info {
		return e.atRisk(e.found(f.ID, covers...))
	}
	return nil
}

// restarted is a worker that is older than the Redis which it uses, and how long
// that one runs. Both started at about the same moment, as a rule, and seconds are
// cut off; that the store was found empty leaves no doubt.
func (e *evidence) restarted() (*seen, time.Duration) {
	_, empty := e.emptied()
	for _, w := range e.workers {
		uptime, err := time.ParseDuration(w.Store.Facts["uptime_seconds"] + "s")
		margin := 10 * time.Second
		if empty {
			margin = time.Second
		}
		margin += time.Duration(w.Store.AgeSeconds * float64(time.Second))
		if age := time.Duration(w.info().UptimeSeconds) * time.Second; err == nil && age > uptime+margin {
			return w, uptime
		}
	}
	return nil, 0
}

// emptied is how long ago the store lost what was in it, as the workers saw.
func (e *evidence) emptied() (ago time.Duration, known bool) {
	for _, w := range e.workers {
		if seconds, err := time.ParseDuration(w.Store.Facts["emptied_seconds"] + "s"); err == nil && (!known || seconds < ago) {
			ago, known = seconds, true
		}
	}
	return ago, known
}
