package debug

import (
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// What may differ between two workers. Any of it is a reason to look closer;
// the first two are why one does not know the other's sessions.
const (
	DiffersKey       = "signing_key"
	DiffersStore     = "store_id"
	DiffersFallbacks = "fallback_keys"
	DiffersConfig    = "config"
	DiffersMode      = "mode"
	DiffersVersion   = "version"
	DiffersClock     = "clock"
)

// clockTolerance is how far apart two clocks may be before it is told.
const clockTolerance = time.Second

// compare describes a worker as self sees it.
func compare(info, self worker.Info) WorkerEntry {
	return WorkerEntry{
		Worker:       describeWorker(info),
		Self:         info.ID == self.ID,
		Differs:      differences(info, self),
		AcceptedHere: slices.Contains(self.Keys, signingKey(info)),
		AcceptsOurs:  slices.Contains(info.Keys, signingKey(self)),
		Keys:         info.Keys,
		StoreID:      info.StoreID,
		Config:       info.Config,
		Prefork:      info.Prefork,
		SkewMS:       info.Skew.Milliseconds(),
		Activity:     info.Activity,
		Findings:     info.Findings,
	}
}

func differences(a, b worker.Info) []string {
	list := []string{}
	for _, aspect := range []struct {
		name string
		same bool
	}{
		{DiffersKey, signingKey(a) == signingKey(b)},
		{DiffersStore, a.StoreID == b.StoreID},
		{DiffersFallbacks, slices.Equal(fallbackKeys(a), fallbackKeys(b))},
		{DiffersConfig, a.Config == b.Config},
		{DiffersMode, a.Mode == b.Mode},
		{DiffersVersion, a.Version == b.Version},
		{DiffersClock, (a.Skew - b.Skew).Abs() <= clockTolerance},
	} {
		if !aspect.same {
			list = append(list, aspect.name)
		}
	}
	return list
}

func signingKey(info worker.Info) string {
	if len(info.Keys) == 0 {
		return ""
	}
	return info.Keys[0]
}

// fallbackKeys are the same in whatever order.
func fallbackKeys(info worker.Info) []string {
	if len(info.Keys) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(info.Keys[1:]))
}

// sinceBeat is how long ago, in seconds, a worker announced itself. Both
// clocks are set right by the store's, or a wrong one would make a beat look
// old.
func sinceBeat(info, self worker.Info) float64 {
	now, then := self.Clock.Add(-self.Skew), info.Clock.Add(-info.Skew)
	return max(now.Sub(then).Round(100*time.Millisecond).Seconds(), 0)
}
