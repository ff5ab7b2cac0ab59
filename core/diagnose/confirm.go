package diagnose

import (
	"context"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// A worker on another host that was killed stays in the registry for a while,
// and may sign with a key that was taken out of use since. So a start that
// would be refused because of another worker's key first listens for as long
// as a live one needs to announce itself, and half as long again.
const (
	listenFor   = worker.Beat + worker.Beat/2
	listenEvery = worker.Beat / 20
)

// confirmPeers returns the facts of a start without workers that turn out to be
// dead, when the key of one of them would stop it. A worker that announces itself
// again is alive: no clock needs to be right for that.
func (m *Monitor) confirmPeers(ctx context.Context, facts check.Facts) check.Facts {
	why, stopped := keyMismatch(facts, facts.Workers)
	if !stopped || m.cfg.Mode != config.Production {
		return facts
	}
	m.log.Warn("session: listening whether a worker with another secret key is still alive, or this start is refused",
		"why", why.Message, "for", listenFor)
	ticker := time.NewTicker(listenEvery)
	defer ticker.Stop()
	first := facts.Workers
	for end := time.Now().Add(listenFor); ; <-ticker.C {
		list, err := m.Workers(ctx)
		if err != nil {
			return facts
		}
		facts.Workers = append(list, facts.Self)
		alive := append(announcedSince(list, first), facts.Self)
		_, refused := keyMismatch(facts, alive)
		_, stopped := keyMismatch(facts, facts.Workers)
		switch {
		case refused, !stopped:
			return facts
		case !time.Now().Before(end):
			facts.Workers = alive
			return facts
		}
	}
}

// keyMismatch finds a worker among these whose key stops the start.
func keyMismatch(facts check.Facts, among []worker.Info) (check.Finding, bool) {
	facts.Workers = among
	for _, finding := range check.Run(facts) {
		if finding.ID == "secret-key-differs" {
			return finding, true
		}
	}
	return check.Finding{}, false
}

// announcedSince returns those of list that have announced themselves since before.
func announcedSince(list, before []worker.Info) []worker.Info {
	return slices.DeleteFunc(slices.Clone(list), func(w worker.Info) bool {
		return slices.ContainsFunc(before, func(b worker.Info) bool { return b.ID == w.ID && b.Clock.Equal(w.Clock) })
	})
}
