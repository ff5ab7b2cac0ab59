package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Beat is how often a worker announces itself, and TTL how long it counts as
// alive after that: one that was killed is gone within three beats.
const (
	Beat = 5 * time.Second
	TTL  = 2*Beat + Beat/2
)

// Info is what a worker says of itself. There is no secret in it.
type Info struct {
	ID        string            `json:"id"` // random, 8 hex digits
	PID       int               `json:"pid"`
	PIDSpace  string            `json:"pid_space,omitempty"` // what PID is counted in, see the function PIDSpace
	Host      string            `json:"host"`
	App       string            `json:"app,omitempty"` // see the function App
	Started   time.Time         `json:"started"`
	Framework string            `json:"framework,omitempty"` // "chi", "echo", "echov5", "fiber", "fiberv3", "gin", "net/http"
	Version   string            `json:"version"`             // of the kit; "devel" when built from its own tree
	Mode      string            `json:"mode"`
	Keys      []string          `json:"keys"`               // fingerprints: the signing key, then the fallbacks
	Store     string            `json:"store"`              // kind of store
	StoreID   string            `json:"store_id"`           // its origin, as cookies carry it
	Cookie    string            `json:"cookie"`             // name of the cookie
	Config    string            `json:"config"`             // fingerprint of the settings that all workers should share
	Settings  map[string]string `json:"settings,omitempty"` // those, by flag, as people may see them

	Workers int  `json:"workers"`           // how many workers its configuration speaks of
	Prefork bool `json:"prefork,omitempty"` // Fiber's prefork started it

	// Supervisor is, with Prefork, the id of the process that started this
	// one and serves nothing itself; else 0.
	Supervisor int `json:"supervisor,omitempty"`

	Clock time.Time `json:"clock"` // its own clock when it announced itself

	// Skew is how far its clock was ahead of the store's then. It is zero
	// where the store has no clock of its own.
	Skew time.Duration `json:"skew_ns"`

	// Activity is what its sessions have done, nil where nobody counts: it takes
	// debug endpoints, or a collector of metrics.
	Activity *Activity `json:"activity,omitempty"`

	// Findings are its errors and warnings of the last minute, 12 at most: the
	// severity, by the check's id.
	Findings map[string]string `json:"findings,omitempty"`
}

// List reads the registry: who has announced itself there and has not
// expired, the oldest first. What cannot be read, such as an entry of a later
// version, is left out. [Peers] makes of it the workers that serve.
func List(ctx context.Context, registry driver.Registry) ([]Info, error) {
	raw, err := registry.Workers(ctx)
	if err != nil {
		return nil, fmt.Errorf("worker: reading the registry: %w", err)
	}
	var list []Info
	for _, id := range slices.Sorted(maps.Keys(raw)) {
		var info Info
		if json.Unmarshal(raw[id], &info) == nil && info.ID == id {
			list = append(list, info)
		}
	}
	slices.SortStableFunc(list, func(a, b Info) int { return a.Started.Compare(b.Started) })
	return list, nil
}
