//go:build unix

package faults

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// outcome is what one kind of fault did, over all its rounds.
type outcome struct {
	fault    string
	rounds   int
	writes   int             // acknowledged
	lost     int             // of these
	logouts  int             // acknowledged
	back     int             // sessions seen after their logout, or under an id from before a renewal
	renewals int             // acknowledged
	ends     int             // acknowledged: logged out everywhere
	shown    int             // messages that were to be shown once, and were
	twice    int             // messages that were shown more often
	recovery []time.Duration // from the moment the cause is gone until no request fails any more
	plain    []time.Duration // what requests that need no session took
	answers  map[string]int  // what visitors saw: "read ok", "write 503", "read cut"
	requests []request       // all that need the session
	note     string
	skipped  string // why nothing was measured
}

// add takes over what the clients saw.
func (o *outcome) add(other outcome) {
	o.writes += other.writes
	o.lost += other.lost
	o.logouts += other.logouts
	o.back += other.back
	o.renewals += other.renewals
	o.ends += other.ends
	o.shown += other.shown
	o.twice += other.twice
	o.plain = append(o.plain, other.plain...)
	o.requests = append(o.requests, other.requests...)
	if o.answers == nil {
		o.answers = map[string]int{}
	}
	for what, n := range other.answers {
		o.answers[what] += n
	}
}

var table struct {
	sync.Mutex
	rows []outcome
}

// report puts the outcome into the table.
func report(o outcome) {
	table.Lock()
	defer table.Unlock()
	table.rows = append(table.rows, o)
}

// printTable prints what docs/reliability.md shows.
func printTable(out io.Writer) {
	table.Lock()
	defer table.Unlock()
	if len(table.rows) == 0 {
		return
	}
	fmt.Fprintln(out, "\n| fault | rounds | writes | lost | logouts | back | recovery | plain | visitors saw |")
	fmt.Fprintln(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, o := range table.rows {
		if o.skipped != "" {
			fmt.Fprintf(out, "| %s | - | - | - | - | - | - | - | skipped: %s |\n", o.fault, o.skipped)
			continue
		}
		saw := join(o.answers)
		if o.ends > 0 {
			saw += fmt.Sprintf("; renewed %d times, logged out everywhere %d times, %d messages shown once and %d more often", o.renewals, o.ends, o.shown, o.twice)
		}
		if o.note != "" {
			saw += "; " + o.note
		}
		fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d | %s | %s | %s |\n", o.fault, o.rounds, o.writes, o.lost,
			o.logouts, o.back, spread(o.recovery), spread(o.plain), strings.TrimPrefix(saw, "; "))
	}
	fmt.Fprintln(out)
}

func join(answers map[string]int) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(answers)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, answers[what]))
	}
	return strings.Join(parts, ", ")
}

// spread is the median and the longest.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "-"
	}
	sorted := slices.SortedFunc(slices.Values(times), cmp.Compare)
	return fmt.Sprintf("%v / %v", short(sorted[len(sorted)/2]), short(sorted[len(sorted)-1]))
}

func short(d time.Duration) time.Duration {
	if d >= 10*time.Millisecond {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}
