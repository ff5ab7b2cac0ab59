package doctor

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug"
)

// evidence is all that was seen; causes are found in it and nowhere else.
type evidence struct {
	page      *url.URL // as browsers open it
	workers   []*seen  // in the order in which they answered
	known     int      // how many workers the store knows of, the most that one of them says
	asked     int      // requests for reports
	refusedBy int      // of them, those that had no report: endpoints that are off, or want another token
	derived   bool     // the token is one that the app's secret key gives

	cookie  setCookie // the session's
	dropped *drop     // what browsers do with it

	session *trial
	symptom []symptom // what the trial found, in its own words
}

// seen is a worker that has answered.
type seen struct {
	debug.Overview
	at      time.Time // when it answered
	took    []time.Duration
	answers int
}

func (w *seen) info() debug.Worker { return w.Session.Worker }

func (w *seen) String() string { return fmt.Sprintf("pid %d on %s", w.info().PID, w.info().Host) }

// entry is how the worker describes itself among the others.
func (w *seen) entry() (self debug.WorkerEntry) {
	for _, entry := range w.Workers.Workers {
		if entry.Self {
			return entry
		}
	}
	return self
}

// setting is the value of one of its settings.
func (w *seen) setting(flag string) string {
	for _, s := range w.Config.Settings {
		if s.Flag == flag {
			return s.Value
		}
	}
	return ""
}

// clock is how far the worker's clock is ahead of this machine's.
func (w *seen) clock() time.Duration {
	now := w.info().Started.Add(time.Duration(w.info().UptimeSeconds) * time.Second) // up to a second ago
	return now.Sub(w.at)
}

// worker finds the one with the id.
func (e *evidence) worker(id string) *seen {
	for _, w := range e.workers {
		if w.info().ID == id {
			return w
		}
	}
	return nil
}

// finding is the worst of all workers' findings of that id, and who has it.
func (e *evidence) finding(id string) (f check.Finding, on []*seen) {
	for _, w := range e.workers {
		for _, other := range w.Config.Findings {
			if other.ID != id {
				continue
			}
			on = append(on, w)
			if f.ID == "" || rank(other.Severity) < rank(f.Severity) {
				f = other
			}
		}
	}
	return f, on
}

func rank(s check.Severity) int {
	return slices.Index([]check.Severity{check.Error, check.Warning, check.Info}, s)
}

// findings are all ids that any worker has, the worst first.
func (e *evidence) findings() (merged []check.Finding) {
	var ids []string
	for _, w := range e.workers {
		for _, f := range w.Config.Findings {
			if !slices.Contains(ids, f.ID) {
				ids = append(ids, f.ID)
			}
		}
	}
	for _, id := range ids {
		f, _ := e.finding(id)
		merged = append(merged, f)
	}
	slices.SortStableFunc(merged, func(a, b check.Finding) int { return cmp.Compare(rank(a.Severity), rank(b.Severity)) })
	return merged
}

// rejections are how many requests all workers have refused for a reason before
// the trial.
func (e *evidence) rejections(reason string) (n int) {
	for _, w := range e.workers {
		n += int(w.Config.Rejections[reason].Count)
	}
	return n
}

// values are the different values of something, and which workers have each,
// in the order in which they answered.
func (e *evidence) values(of func(*seen) string) (list []string, who map[string][]*seen) {
	who = map[string][]*seen{}
	for _, w := range e.workers {
		v := of(w)
		if who[v] == nil {
			list = append(list, v)
		}
		who[v] = append(who[v], w)
	}
	return list, who
}

// differ says in words who has which value: "a (pid 1 on x), b (pid 2 on x)".
func (e *evidence) differ(of func(*seen) string) (text string, different bool) {
	list, who := e.values(of)
	var parts []string
	for _, v := range list {
		parts = append(parts, fmt.Sprintf("%s (%s)", orNothing(v), names(who[v])))
	}
	return strings.Join(parts, ", "), len(list) > 1
}

func orNothing(v string) string {
	if v == "" {
		return `""`
	}
	return v
}

// names are those of workers, the pids of a host together.
func names(list []*seen) string {
	var hosts []string
	pids := map[string][]string{}
	for _, w := range list {
		host := w.info().Host
		if pids[host] == nil {
			hosts = append(hosts, host)
		}
		pids[host] = append(pids[host], fmt.Sprintf("pid %d", w.info().PID))
	}
	var parts []string
	for _, host := range hosts {
		parts = append(parts, strings.Join(pids[host], ", ")+" on "+host)
	}
	return strings.Join(parts, "; ")
}

// title is what the app calls a setting, as well as the reports tell.
func (e *evidence) title(flag string) string {
	for _, w := range e.workers {
		for _, s := range w.Config.Settings {
			if s.Flag == flag {
				variable, _, _ := strings.Cut(s.Env, ",")
				if flag == "redis-url" && strings.Contains(s.Env, ", ") {
					variable = strings.Replace(variable, "SESSION_REDIS_URL", "REDIS_URL", 1)
				}
				return "--" + flag + " (" + variable + ")"
			}
		}
	}
	return "--" + flag
}
