// Package answer holds what the app says in JSON. Each answer names the
// process that gave it.
package answer

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
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

// Remember is what the checkbox of the login form asks for.
func Remember(ticked string) auth.LoginOption {
	if ticked == "" {
		return auth.Remember(0)
	}
	return auth.Remember(30 * 24 * time.Hour)
}

// LoggedOut tells a person how many other devices were logged out.
func LoggedOut(n int) string {
	switch n {
	case 0:
		return "You are logged in nowhere else."
	case 1:
		return "One other device is logged out."
	}
	return fmt.Sprintf("%d other devices are logged out.", n)
}

// ToPage reports whether a browser shows the answer as a page of its own, by the
// request's Accept header: a form is then answered with a redirect to the page.
func ToPage(accept string) bool { return strings.Contains(accept, "text/html") }
