package prefork

import (
	"encoding/json"
	"fmt"
	"io"
	"net"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// report is what a worker tells its supervisor: that it serves, or why it
// cannot.
type report struct {
	Address string `json:"address,omitempty"`
	Store   string `json:"store,omitempty"`
	Debug   bool   `json:"debug,omitempty"` // there are debug pages
	Error   string `json:"error,omitempty"`

	Said []string `json:"said,omitempty"` // what a worker has logged until now
}

func ready(address net.Addr, sessions *session.Manager) report {
	r := report{Address: address.String(), Store: "of an unknown kind", Debug: sessions.Config().DebugEndpoints}
	if d, ok := sessions.Store().(driver.Describer); ok {
		about := d.Describe()
		r.Store = about.Kind
		if about.Address != "" {
			r.Store += " " + about.Address
		}
	}
	return r
}

func (r report) write(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// announcement is the line that says where to point the browser.
func (r report) announcement(workers int) string {
	noun := "workers"
	if workers == 1 {
		noun = "worker"
	}
	url := "http://" + browsable(r.Address)
	line := fmt.Sprintf("listening on %s with %d %s, store %s", url, workers, noun, r.Store)
	if r.Debug {
		line += ", debug pages on " + url + "/debug/"
	}
	return line
}

// browsable gives an address that a browser can open, for one that means all
// of the machine's.
func browsable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return address
}
