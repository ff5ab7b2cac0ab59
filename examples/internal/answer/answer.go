// Package answer holds what the app says in JSON. Each answer names the
// process that gave it.
package answer

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/examples/internal/items"
)

// Me is who the visitor is and what the session holds.
type Me struct {
	PID    int                        `json:"pid"`
	User   *string                    `json:"user"` // null for nobody
	Values map[string]json.RawMessage `json:"values"`
}

// NewMe describes the visitor that s belongs to. It needs no store call.
func NewMe(s *session.Session) Me {
	me := Me{PID: os.Getpid(), Values: items.All(s)}
	if user := s.User(); user != "" {
		me.User = &user
	}
	return me
}

// Count is the counter after it was counted up.
type Count struct {
	PID   int `json:"pid"`
	Count int `json:"count"`
}

// NewCount says that the counter is n now.
func NewCount(n int) Count { return Count{os.Getpid(), n} }

// ToPage tells whether a form of the page was sent, by the request's Accept
// header: the answer is then a redirect back to the page.
func ToPage(accept string) bool { return strings.Contains(accept, "text/html") }
