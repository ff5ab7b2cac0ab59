// Package keep looks after the sessions in a store.
package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

// Keeper works on one store.
type Keeper struct {
	target.Store
	realm string // of the users
	out   term.Output
}

// Open opens the store that the settings name.
func Open(ctx context.Context, settings target.Settings, out term.Output) (*Keeper, error) {
	cfg, err := settings.Parse()
	if err != nil {
		return nil, err
	}
	if cfg.Store == config.StoreMemory {
		return nil, errors.New("sessions in memory are in the app's own process, and no other can see them: ask its /debug/ endpoints")
	}
	store, err := target.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &Keeper{store, cfg.Cookie.Realm(), out}, nil
}

// Usage says what is wrong with the arguments of a command, "" when nothing is.
func Usage(command string, args []string) string {
	switch {
	case command == "show" && len(args) > 1:
		for _, arg := range args { // the others may be values of it, such as a URL with a password
			if name := strings.TrimSpace(arg); strings.HasPrefix(name, "-") {
				return fmt.Sprintf("which session? There is no flag %s, and it is one of several ids otherwise", name)
			}
		}
		return "which session? Give one id, or the beginning of it"
	case command == "show" && len(args) == 0:
		return "which session? Give its id, or the beginning of it"
	case command != "show" && len(args) > 0:
		return fmt.Sprintf("what is %q?", args[0])
	}
	return ""
}

// version is that of the JSON.
const version = 1

func (k *Keeper) json(v any) error {
	enc := json.NewEncoder(k.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// session is one as it is printed.
type session struct {
	ID       string     `json:"id"`
	User     string     `json:"user,omitempty"`
	Realm    string     `json:"realm,omitempty"`
	Label    string     `json:"label,omitempty"`
	Created  time.Time  `json:"created"`
	Expires  time.Time  `json:"expires"`
	Deadline time.Time  `json:"deadline"`
	Revision uint64     `json:"revision"`
	Bytes    int        `json:"bytes,omitempty"`
	Values   []keyValue `json:"values,omitempty"`
}

type keyValue struct {
	Key   string          `json:"key"`
	Size  int             `json:"size"`
	Value json.RawMessage `json:"value,omitempty"` // with --values
}

func describe(e target.Entry) session {
	r := e.Record
	return session{ID: e.ID.String(), User: r.User, Realm: r.Realm, Label: r.Label, Created: r.Created.UTC(), Expires: r.Expires.UTC(), Deadline: r.Deadline.UTC(),
		Revision: r.Revision, Bytes: r.Values.Size()}
}
