package debug

import (
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// Worker says which worker it is: in a report on one request, the one that
// answered it.
type Worker struct {
	ID            string    `json:"id"` // random, drawn at start
	PID           int       `json:"pid"`
	Host          string    `json:"host"`
	App           string    `json:"app,omitempty"`       // the import path of its main package
	Framework     string    `json:"framework,omitempty"` // "chi", "echo", "echov5", "fiber", "fiberv3", "gin", "net/http"
	Mode          string    `json:"mode"`                // "development", "production", "test"
	Version       string    `json:"version"`             // of the kit
	Started       time.Time `json:"started"`
	UptimeSeconds int64     `json:"uptime_seconds"`
}

// describeWorker takes the time from the worker's own clock: that of another
// one may be wrong, and then it is the uptime that is right.
func describeWorker(info worker.Info) Worker {
	return Worker{
		ID:            info.ID,
		PID:           info.PID,
		Host:          info.Host,
		App:           info.App,
		Framework:     info.Framework,
		Mode:          info.Mode,
		Version:       info.Version,
		Started:       info.Started.UTC().Truncate(time.Millisecond),
		UptimeSeconds: int64(info.Clock.Sub(info.Started) / time.Second),
	}
}
