package tests

import "github.com/gosessionkit/sessionkit/core/session"

// modelStore is what the model needs of a store.
type modelStore interface {
	session.Store
	session.UserIndex
	session.Lister
}

// lent is the store as one worker has it: closing it leaves it open for the
// others.
type lent struct{ modelStore }

func (lent) Close() error { return nil }

type lentRemover struct {
	lent
	session.Remover
}

type lentTagged struct {
	lentRemover
	session.TagLoader
}

// lend has the optional interfaces that the store has.
func lend(store modelStore) session.Store {
	remover, removes := store.(session.Remover)
	tags, loadsTagged := store.(session.TagLoader)
	switch {
	case removes && loadsTagged:
		return lentTagged{lentRemover{lent{store}, remover}, tags}
	case removes:
		return lentRemover{lent{store}, remover}
	}
	return lent{store}
}
