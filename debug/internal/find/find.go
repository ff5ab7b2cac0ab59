// Package find finds sessions in a store as an operator names them: by user, or by
// the beginning of an id, as logs and audit lines show it.
package find

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// How much of an id names a session: 4 characters or more, of 22.
const (
	least = 4
	whole = 22
)

// Found is what was found.
type Found struct {
	Entries []driver.Entry // without Values where they are a user's
	Looked  int            // at so many sessions
	More    bool           // there are others, which were too many
	Early   bool           // there was no time to look at all
}

// Sessions looks for up to most sessions that match, nil for any, of the owner or,
// where that is nobody, of all in the store. It ends with ctx: what was found by
// then is returned, unless that is nothing because the store is silent. The errors
// are session.ErrNoUserIndex, session.ErrNoListing and the store's own.
func Sessions(ctx context.Context, store driver.Store, owner driver.Owner, most int, match func(driver.Entry) bool) (found Found, err error) {
	entries, err := entries(ctx, store, owner)
	if err != nil {
		return found, err
	}
	for e, err := range entries {
		switch {
		case err != nil && found.Looked > 0 && (ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded)):
			found.Early = true
			return found, nil
		case err != nil:
			return found, err
		}
		found.Looked++
		if isOver(e.Record) {
			continue
		}
		if match != nil && !match(e) {
			continue
		}
		if found.More = len(found.Entries) == most; found.More {
			break
		}
		found.Entries = append(found.Entries, e)
	}
	return found, nil
}

// Session loads a session. The errors are those of [driver.Store].
func Session(ctx context.Context, store driver.Store, id driver.ID) (*driver.Record, error) {
	r, err := store.Load(ctx, id)
	if err == nil && isOver(r) {
		return nil, driver.ErrNotFound
	}
	return r, err
}

// isOver reports whether all that is left of a session is why it has ended.
func isOver(r *driver.Record) bool { return r.Details != nil && r.Details.Ended != "" }

func entries(ctx context.Context, store driver.Store, owner driver.Owner) (iter.Seq2[driver.Entry, error], error) {
	if !owner.IsNobody() {
		index, ok := store.(driver.UserIndex)
		if !ok {
			return nil, session.ErrNoUserIndex
		}
		return index.ByUser(ctx, owner), nil
	}
	lister, ok := store.(driver.Lister)
	if !ok {
		return nil, session.ErrNoListing
	}
	return lister.All(ctx), nil
}

// Prefix matches sessions whose id begins with text. The error says what is wrong
// with it and does not quote it: it may be a cookie.
func Prefix(text string) (match func(driver.Entry) bool, err error) {
	if len(text) < least || len(text) > whole || strings.Trim(text, alphabet) != "" {
		return nil, fmt.Errorf("this is no id of a session, nor the beginning of one: an id has %d characters of A-Z, a-z, 0-9, - and _, and %d of them at least are needed", whole, least)
	}
	return func(e driver.Entry) bool { return strings.HasPrefix(e.ID.String(), text) }, nil
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
