package page

import (
	"cmp"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
)

// device is what the page says of one of the user's sessions.
type device struct {
	ID       string // names the session and opens it to nobody
	Name     string
	From     string // "" where it is not known
	Login    time.Time
	LastUsed time.Time // zero where it is not known
	Current  bool
}

func newDevices(list []auth.SessionInfo) []device {
	devices := make([]device, 0, len(list))
	for _, s := range list {
		devices = append(devices, device{
			ID:       s.ID.String(),
			Name:     cmp.Or(s.Label, "A browser"),
			From:     s.From,
			Login:    s.Login.UTC(),
			LastUsed: s.LastUsed.UTC(),
			Current:  s.Current,
		})
	}
	return devices
}
