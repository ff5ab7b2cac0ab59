package keep

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/internal/find"
)

// List lists up to limit sessions, of a user when one is named.
func (k *Keeper) List(ctx context.Context, user string, limit int) error {
	found, err := find.Sessions(ctx, k.Store, target.Owner{Realm: k.realm, User: user}, limit, nil)
	if err != nil {
		return err
	}
	list, more := []session{}, found.More || found.Early
	for _, e := range found.Entries {
		list = append(list, describe(e))
	}
	if k.out.JSON {
		return k.json(map[string]any{"version": version, "sessions": list, "more": more})
	}
	shown := shorten(list)
	w := tabwriter.NewWriter(k.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tUSER\tLABEL\tBEGAN\tEXPIRES IN\tREVISION")
	for i, s := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%v\t%d\n", shown[i], dash(s.User), dash(s.Label), s.Created.Format("2006-01-02 15:04:05Z"), time.Until(s.Expires).Round(time.Second), s.Revision)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(k.out, "and more: --limit says how many to list\n")
	}
	return nil
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return printable(text)
}

// printable takes out what a terminal would obey: users choose their names.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return '?'
		}
		return c
	}, text)
}

// shortest is how much of an id is shown where that is enough.
const shortest = 8

// shorten cuts ids to what tells them from each other.
func shorten(list []session) []string {
	n := shortest
	for ; n < 22; n++ {
		seen := map[string]bool{}
		for _, s := range list {
			seen[s.ID[:n]] = true
		}
		if len(seen) == len(list) {
			break
		}
	}
	short := make([]string, len(list))
	for i, s := range list {
		short[i] = s.ID[:n]
	}
	return short
}

// find is the session whose id is given or begins so. All of the store is
// walked for a beginning, so that it names one and no other.
func (k *Keeper) find(ctx context.Context, text string) (target.ID, error) {
	text = strings.TrimSpace(text)
	if id, err := target.ParseID(text); err == nil {
		return id, nil
	}
	match, err := find.Prefix(text)
	if err != nil {
		return target.ID{}, err
	}
	const most = 100 // to be counted
	found, err := find.Sessions(ctx, k.Store, target.Owner{}, most, match)
	switch n := len(found.Entries); {
	case err != nil:
		return target.ID{}, fmt.Errorf("looking for %q: %w", text, err)
	case found.Early:
		return target.ID{}, fmt.Errorf("looking for %q: %d sessions were looked at, and there was no time for all: --timeout gives more", text, found.Looked)
	case n == 0:
		return target.ID{}, fmt.Errorf("there is no live session whose id begins with %q", text)
	case n > 1:
		return target.ID{}, fmt.Errorf("%d sessions have an id that begins with %q: give more of it", n, text)
	}
	return found.Entries[0].ID, nil
}
