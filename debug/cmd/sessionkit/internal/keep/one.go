package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/internal/find"
)

// Show shows one session, with its values if so asked.
func (k *Keeper) Show(ctx context.Context, text string, values bool) error {
	id, err := k.find(ctx, text)
	if err != nil {
		return err
	}
	r, err := find.Session(ctx, k.Store, id)
	if errors.Is(err, target.ErrNotFound) {
		return fmt.Errorf("there is no live session %s", id.Short())
	} else if err != nil {
		return err
	}
	s := describe(target.Entry{ID: id, Record: r})
	for key, raw := range r.Values.All() {
		kv := keyValue{Key: key, Size: len(raw)}
		if values {
			kv.Value = json.RawMessage(raw)
		}
		s.Values = append(s.Values, kv)
	}
	if k.out.JSON {
		return k.json(map[string]any{"version": version, "session": s})
	}
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-9s %s\n", name, printable(value))
		}
	}
	line("id", s.ID)
	line("user", s.User)
	line("label", s.Label)
	line("began", s.Created.Format("2006-01-02 15:04:05Z"))
	line("expires", s.Expires.Format("2006-01-02 15:04:05Z"))
	line("ends", s.Deadline.Format("2006-01-02 15:04:05Z"))
	line("revision", fmt.Sprint(s.Revision))
	for _, kv := range s.Values {
		shown := fmt.Sprintf("%d bytes", kv.Size)
		if values {
			shown = string(kv.Value)
		}
		line("value", kv.Key+" "+shown)
	}
	_, err = fmt.Fprint(k.out, b.String())
	return err
}

// End ends one session.
func (k *Keeper) End(ctx context.Context, text string) error {
	id, err := k.find(ctx, text)
	if err != nil {
		return err
	}
	if _, err := find.Session(ctx, k.Store, id); errors.Is(err, target.ErrNotFound) {
		return fmt.Errorf("there is no live session %s", id.Short())
	}
	if err := k.Delete(ctx, id); err != nil {
		return err
	}
	return k.ended(1)
}

// EndUser ends all sessions of a user, those too that the index has lost.
func (k *Keeper) EndUser(ctx context.Context, user string) error {
	index, ok := k.Store.(target.UserIndex)
	if !ok {
		return errors.New("this store cannot find the sessions of a user")
	}
	owner := target.Owner{Realm: k.realm, User: user}
	if _, err := index.Revoke(ctx, owner, nil); err != nil {
		return err
	}
	removed := 0
	for more := true; more; {
		var n int
		var err error
		if n, more, err = index.RemoveRevoked(ctx, owner, 500); err != nil {
			return fmt.Errorf("all sessions of the user have ended, and the records of some are left until they expire: %w", err)
		}
		removed += n
	}
	return k.ended(removed)
}

func (k *Keeper) ended(n int) error {
	if k.out.JSON {
		return k.json(map[string]any{"version": version, "ended": n})
	}
	_, err := fmt.Fprintf(k.out, "ended: %d\n", n)
	return err
}

// Count counts live sessions.
func (k *Keeper) Count(ctx context.Context) error {
	lister, ok := k.Store.(target.Lister)
	if !ok {
		return errors.New("this store cannot count its sessions")
	}
	n, exact, err := lister.Count(ctx)
	if err != nil {
		return err
	}
	if k.out.JSON {
		return k.json(map[string]any{"version": version, "sessions": n, "exact": exact})
	}
	more := ""
	if !exact {
		more = " or more"
	}
	_, err = fmt.Fprintf(k.out, "%d%s\n", n, more)
	return err
}

// Sweep removes what has expired.
func (k *Keeper) Sweep(ctx context.Context) error {
	sweeper, ok := k.Store.(target.Sweeper)
	removed := 0
	if ok {
		var err error
		if removed, err = sweeper.Sweep(ctx); err != nil {
			return err
		}
	}
	if k.out.JSON {
		return k.json(map[string]any{"version": version, "removed": removed, "by_itself": !ok})
	}
	if !ok {
		_, err := fmt.Fprintln(k.out, "this store forgets expired sessions by itself")
		return err
	}
	_, err := fmt.Fprintf(k.out, "removed: %d\n", removed)
	return err
}
