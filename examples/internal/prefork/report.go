package prefork

import (
	"encoding/json"
	"fmt"
	"io"
	"net"

	"github.com/gosessionkit/sessionkit/core/session"
)

// report is what a worker tells its supervisor: that it serves, or why it
// cannot.
type report struct {
	Address string `json:"address,omitempty"`
	Store   string `json:"store,omitempty"`
	Private bool   `json:"private,omitempty"` // the store is this process's own
	Error   string `json:"error,omitempty"`
}

func ready(address net.Addr, store session.Store) report {
	r := report{Address: address.String(), Store: "of an unknown kind"}
	if d, ok := store.(session.Describer); ok {
		about := d.Describe()
		r.Store, r.Private = about.Kind, about.Private
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
	return fmt.Sprintf("listening on http://%s with %d %s, store %s", browsable(r.Address), workers, noun, r.Store)
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
