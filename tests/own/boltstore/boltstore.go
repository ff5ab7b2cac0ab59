package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var (
	sessions = []byte("sessions") // by id: the record as JSON
	renewed  = []byte("renewed")  // by id: the successor's id, and until when it counts
)

// Store keeps sessions in a bbolt database.
type Store struct {
	db     *bbolt.DB
	closed atomic.Bool
}

// New returns a store in db, which stays open when the store is closed.
func New(db *bbolt.DB) (*Store, error) {
	err := db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(sessions)
		_, err2 := tx.CreateBucketIfNotExists(renewed)
		return errors.Join(err, err2)
	})
	if err != nil {
		return nil, err
	}
	return &Store{db: db}, nil
}

// run runs f in a transaction of db.View or db.Update.
func (s *Store) run(ctx context.Context, transaction func(func(*bbolt.Tx) error) error, f func(*bbolt.Tx) error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.closed.Load():
		return driver.ErrClosed
	}
	return transaction(f)
}

// find returns the live record.
func find(tx *bbolt.Tx, id driver.ID) (*driver.Record, error) {
	if text := tx.Bucket(sessions).Get(id[:]); text != nil {
		r, err := driver.ParseRecord(string(text))
		if err != nil {
			slog.Error("a session cannot be decoded, and counts as none", "id", id.Short(), "error", err)
		} else if r.Expires.After(time.Now()) {
			return r, nil
		}
	}
	if moved := tx.Bucket(renewed).Get(id[:]); moved != nil && until(moved).After(time.Now()) {
		return nil, &driver.RenewedError{Successor: driver.ID(moved[:16])}
	}
	return nil, driver.ErrNotFound
}

func until(moved []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(moved[16:])))
}

// Load implements [driver.Store].
func (s *Store) Load(ctx context.Context, id driver.ID) (r *driver.Record, err error) {
	err = s.run(ctx, s.db.View, func(tx *bbolt.Tx) (err error) {
		r, err = find(tx, id)
		return err
	})
	return r, err
}

// Save implements [driver.Store]: it compares and swaps in one transaction.
func (s *Store) Save(ctx context.Context, id driver.ID, r *driver.Record) error {
	next := r.Clone()
	next.Revision = r.Next()
	err := s.run(ctx, s.db.Update, func(tx *bbolt.Tx) error {
		current, err := find(tx, id)
		switch {
		case err == nil && current.Revision != r.Replaces():
			return &driver.ConflictError{Current: current}
		case err != nil && !errors.Is(err, driver.ErrNotFound):
			return err
		case err != nil && r.Replaces() > 0:
			return driver.ErrGone
		}
		if r.Successor != (driver.ID{}) {
			ends := uint64(time.Now().Add(driver.RenewedFor).UnixMilli())
			moved := binary.BigEndian.AppendUint64(r.Successor[:], ends)
			return errors.Join(tx.Bucket(renewed).Put(id[:], moved), tx.Bucket(sessions).Delete(id[:]))
		}
		if !r.Expires.After(time.Now()) {
			return tx.Bucket(sessions).Delete(id[:])
		}
		if r.KeepExpires && current != nil {
			next.Expires = current.Expires
		}
		return tx.Bucket(sessions).Put(id[:], next.AppendJSON(nil))
	})
	if err == nil {
		r.Revision, r.Expires = next.Revision, next.Expires
	}
	return err
}

// Touch implements [driver.Store].
func (s *Store) Touch(ctx context.Context, id driver.ID, expires time.Time) error {
	return s.run(ctx, s.db.Update, func(tx *bbolt.Tx) error {
		r, err := find(tx, id)
		if err != nil || !expires.After(r.Expires) {
			return err
		}
		r.Expires = expires
		return tx.Bucket(sessions).Put(id[:], r.AppendJSON(nil))
	})
}

// Delete implements [driver.Store].
func (s *Store) Delete(ctx context.Context, id driver.ID) error {
	return s.run(ctx, s.db.Update, func(tx *bbolt.Tx) error {
		switch _, err := find(tx, id); {
		case err == driver.ErrNotFound:
			return nil
		case err != nil:
			return err
		}
		return tx.Bucket(sessions).Delete(id[:])
	})
}

// Sweep implements [driver.Sweeper]: bbolt forgets nothing by itself.
func (s *Store) Sweep(ctx context.Context) (removed int, err error) {
	err = s.run(ctx, s.db.Update, func(tx *bbolt.Tx) error {
		now := time.Now()
		n, err := remove(tx.Bucket(sessions), func(text []byte) bool {
			r, err := driver.ParseRecord(string(text))
			return err == nil && !r.Expires.After(now)
		})
		_, err2 := remove(tx.Bucket(renewed), func(moved []byte) bool { return !until(moved).After(now) })
		removed = n
		return errors.Join(err, err2)
	})
	return removed, err
}

func remove(b *bbolt.Bucket, over func(value []byte) bool) (removed int, err error) {
	var ids [][]byte // bbolt does not like to delete while it walks
	err = b.ForEach(func(id, value []byte) error {
		if over(value) {
			ids = append(ids, bytes.Clone(id))
		}
		return nil
	})
	for _, id := range ids {
		err = errors.Join(err, b.Delete(id))
	}
	return len(ids), err
}

// Close implements [driver.Store].
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}
