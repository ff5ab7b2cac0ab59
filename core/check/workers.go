package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// maxSkew is how far clocks may be apart.
const maxSkew = time.Second

func workerRules() []rule {
	return []rule{{
		Rule: Rule{
			ID:        "clock-skew",
			Severity:  Warning,
			WhenGrave: Error,
			Title:     "clocks differ",
			Description: "The clock of a worker is more than a second off the store's, or off another worker's. Sessions end too early or too late there, and log lines of several workers are out of order. " +
				"It is an error on the worker whose clock is off by a good part of the lifetime or the idle timeout, a twentieth: sessions that live elsewhere have ended there. Measured when the worker announces itself, so a slow store adds to it.",
			HowToSee: "`/debug/workers` shows the skew of every live worker; `timedatectl` whether the clock is set by the network.",
		},
		find:  clockSkew,
		grave: clockWrong,
	}, {
		Rule: Rule{
			ID:          "workers-version",
			Severity:    Info,
			Title:       "workers run different versions of the kit",
			Description: "The live workers were built with different versions of sessionkit. That is right during a deploy, and a worker left behind when it lasts.",
			HowToSee:    "`/debug/workers` shows the version of every live worker.",
		},
		find: workersVersion,
	}, {
		Rule: Rule{
			ID:       "workers-config",
			Severity: Warning,
			Title:    "workers have different settings",
			Description: "Settings that every worker should share differ: the mode, the prefix, lifetime, idle timeout, the largest size, the cookie, or whether the proxy is trusted. " +
				"The same session then ends at different times, or its cookie changes from answer to answer. That passes during a deploy.",
			HowToSee: "`/debug/workers` shows a fingerprint of the settings of every live worker, `/debug/config` on each the settings.",
		},
		find: workersConfig,
	}, {
		Rule: Rule{
			ID:       "workers-missing",
			Severity: Info,
			Title:    "fewer workers than configured",
			Description: "The store knows fewer live workers than the settings speak of. Some have died or have not started; or they run on another store, where they cannot be seen from here. " +
				"It is looked for from 13 seconds after the start on.",
			HowToSee: "`/debug/workers` lists the live workers.",
		},
		find: workersMissing,
	}, {
		Rule: Rule{
			ID:          "fiber-prefork-memory",
			Severity:    Error,
			Title:       "Fiber prefork with a memory store",
			Description: "Fiber's prefork runs one process per CPU on one port, and sessions are kept in the memory of each. The system picks the process for each connection, so a visitor is logged in by chance.",
			HowToSee:    "`fiber.Config{Prefork: true}` or, on Fiber v3, `fiber.ListenConfig{EnablePrefork: true}` in the code; `/debug/session` shows another pid from one connection to the next.",
		},
		find: fiberPreforkMemory,
	}, {
		Rule: Rule{
			ID:          "fiber-prefork-key",
			Severity:    Error,
			Title:       "Fiber prefork without a secret key",
			Description: "Fiber's prefork runs one process per CPU on one port, and there is no secret key. Each process makes up a key of its own, so a visitor is logged in on the process that logged him in and nowhere else.",
			HowToSee:    "`/debug/session` says `rejected: foreign-key`, and `/debug/workers` shows another key fingerprint for each process.",
		},
		find: fiberPreforkKey,
	}}
}

// others are the live workers besides this one that are as wanted.
func others(f Facts, wanted func(worker.Info) bool) []worker.Info {
	var list []worker.Info
	for _, w := range f.Workers {
		if w.ID != f.Self.ID && wanted(w) {
			list = append(list, w)
		}
	}
	return list
}

// maxNames is how many workers a message names.
const maxNames = 3

// names says of a few workers who they are and what each does.
func names(list []worker.Info, does func(worker.Info) string) string {
	var parts []string
	for _, w := range list[:min(len(list), maxNames)] {
		parts = append(parts, fmt.Sprintf("worker %s (pid %d on %s) %s", w.ID, w.PID, w.Host, does(w)))
	}
	if more := len(list) - maxNames; more > 0 {
		parts = append(parts, fmt.Sprintf("and so on for %d more", more))
	}
	return strings.Join(parts, ", ")
}

// distinct are the different values that workers have, sorted.
func distinct(list []worker.Info, of func(worker.Info) string) []string {
	values := map[string]struct{}{}
	for _, w := range list {
		values[of(w)] = struct{}{}
	}
	return slices.Sorted(maps.Keys(values))
}

// clockSkew looks at this worker's clock, then at the others', then at how
// far they are apart: half a second fast and half a second slow make one.
func clockSkew(f Facts) (message, fix string, found bool) {
	fix = "on that host run: timedatectl set-ntp true"
	if f.Self.Skew.Abs() > maxSkew {
		return "the clock of this worker is " + offset(f.Self.Skew) + " the store's", fix, true
	}
	off := others(f, func(w worker.Info) bool { return w.Skew.Abs() > maxSkew })
	if len(off) > 0 {
		return names(off, func(w worker.Info) string { return "has a clock " + offset(w.Skew) + " the store's" }), fix, true
	}
	apart := others(f, func(w worker.Info) bool { return (w.Skew - f.Self.Skew).Abs() > maxSkew })
	return names(apart, func(w worker.Info) string { return "has a clock " + offset(w.Skew-f.Self.Skew) + " this one's" }), fix, len(apart) > 0
}

// clockWrong reports whether this worker's own clock has sessions end at wrong
// times. That of another one is for that one to tell: it stops no start here.
func clockWrong(f Facts) bool {
	life := f.Config.Lifetime
	for _, other := range []time.Duration{f.Config.IdleTimeout, f.Config.AnonymousLifetime} {
		if other > 0 {
			life = min(life, other)
		}
	}
	return f.Self.Skew.Abs() > life/20
}

func offset(skew time.Duration) string {
	side := "ahead of"
	if skew < 0 {
		side = "behind"
	}
	return fmt.Sprintf("%v %s", skew.Abs().Round(10*time.Millisecond), side)
}

func workersVersion(f Facts) (message, fix string, found bool) {
	versions := distinct(f.Workers, func(w worker.Info) string { return w.Version })
	return fmt.Sprintf("%d workers run %d versions of the kit: %s", len(f.Workers), len(versions), strings.Join(versions, ", ")),
		"finish the deploy: stop the workers of the old version", len(versions) > 1
}

func workersConfig(f Facts) (message, fix string, found bool) {
	differ := others(f, func(w worker.Info) bool { return w.Config != f.Self.Config })
	if len(differ) == 0 {
		return "", "", false
	}
	var titles []string
	does := func(w worker.Info) string {
		var has []string
		for _, flag := range differing(w, f.Self) {
			has = append(has, fmt.Sprintf("--%s %q (here %q)", flag, w.Settings[flag], f.Self.Settings[flag]))
			if title := setting(f, flag); !slices.Contains(titles, title) {
				titles = append(titles, title)
			}
		}
		if len(has) == 0 { // a version of the kit that does not tell them
			return "has settings " + w.Config + ", this one " + f.Self.Config
		}
		return "has " + strings.Join(has, ", ")
	}
	message = names(differ, does)
	fix = "start every worker with the same flags and environment; compare what /debug/config says on each"
	if titles != nil {
		fix = "give every worker the same " + strings.Join(titles, ", ")
	}
	return message, fix, true
}

// differing are the settings that two workers have announced and that differ.
func differing(a, b worker.Info) (flags []string) {
	for _, flag := range slices.Sorted(maps.Keys(a.Settings)) {
		if value, ok := b.Settings[flag]; ok && value != a.Settings[flag] {
			flags = append(flags, flag)
		}
	}
	return flags
}

// workersMissing gives the workers as long to show up as a dead one needs to
// go. Without a registry nobody can be missing from it.
func workersMissing(f Facts) (message, fix string, found bool) {
	_, unknown := f.Store.Unchecked[UncheckedWorkers]
	early := f.Self.Clock.Sub(f.Self.Started) < worker.TTL
	return fmt.Sprintf("%s says %d, and %d can be seen in this store", setting(f, "workers"), f.Config.Workers, len(f.Workers)),
		"see whether the others run, and that they use this store; or correct " + setting(f, "workers"),
		len(f.Workers) < f.Config.Workers && !f.Store.Private && f.Store.Err == nil && !unknown && !early
}

// UncheckedWorkers is the name under which [Inspection] has the list of
// workers when it could not be read.
const UncheckedWorkers = "workers"

func fiberPreforkKey(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("this is a process of Fiber's prefork (pid %d), and each of them has made up a secret key of its own: a visitor is logged in on one of them and nowhere else", f.Self.PID),
		newKeyFix(f),
		f.Self.Prefork && f.Config.SecretKey.IsZero()
}

func fiberPreforkMemory(f Facts) (message, fix string, found bool) {
	return fmt.Sprintf("this is a process of Fiber's prefork (pid %d) with sessions in its own memory: the other processes know none of them", f.Self.PID),
		StoreFix(f) + "; or set Prefork: false in fiber.Config (Fiber v3: EnablePrefork in fiber.ListenConfig)",
		f.Self.Prefork && f.Store.Private
}
