package file

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

var _ driver.Registry = (*Store)(nil)

// maxWorker is the largest entry of a worker, in bytes. What is larger was
// not written by this package.
const maxWorker = 64 << 10

// Announce implements [driver.Registry]. What the worker says of itself is in
// DIR/workers/ID.json, whose modification time is when it expires. The time
// returned is zero: all who share a folder have one clock.
func (s *Store) Announce(ctx context.Context, id string, info json.RawMessage, ttl time.Duration) (time.Time, error) {
	if err := s.usable(ctx); err != nil {
		return time.Time{}, err
	}
	err := s.announce(id, info, time.Now().Add(ttl))
	for range folderTries { // somebody may remove the folder meanwhile
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err = s.makeFolder(s.workersFolder()); err == nil {
			err = s.announce(id, info, time.Now().Add(ttl))
		}
	}
	if err != nil {
		return time.Time{}, s.failAll("announce a worker", err)
	}
	return time.Time{}, nil
}

func (s *Store) announce(id string, info json.RawMessage, expires time.Time) error {
	path, err := s.workerPath(id)
	if err != nil {
		return err
	}
	if len(info) > maxWorker {
		return fmt.Errorf("%d bytes are too much, the limit is %d", len(info), maxWorker)
	}
	if err := s.own(s.workersFolder()); err != nil {
		return err
	}
	return s.write(path, info, expires)
}

// Withdraw implements [driver.Registry].
func (s *Store) Withdraw(ctx context.Context, id string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	path, err := s.workerPath(id)
	if err == nil {
		err = whileBusy(func() error { return os.Remove(path) })
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.failAll("withdraw a worker", err)
	}
	return nil
}

// Workers implements [driver.Registry]. It removes what expired an hour ago,
// and what a killed worker had not finished.
func (s *Store) Workers(ctx context.Context) (map[string]json.RawMessage, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	live := map[string]json.RawMessage{}
	err := walk(s.workersFolder(), func(entries []fs.DirEntry) error {
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			id, ok := workerOf(e.Name())
			switch {
			case ok && !expired(info):
				if text, ok := s.readWorker(filepath.Join(s.workersFolder(), e.Name())); ok {
					live[id] = text
				}
			case (ok || strings.HasSuffix(e.Name(), tempSuffix)) && time.Since(info.ModTime()) > abandoned:
				os.Remove(filepath.Join(s.workersFolder(), e.Name()))
			}
		}
		return s.usable(ctx)
	})
	if usable := s.usable(ctx); usable != nil {
		return nil, usable
	}
	if err != nil {
		return nil, s.failAll("list the workers", err)
	}
	return live, nil
}

// readWorker reads an entry. One that is no JSON, or that somebody else
// wrote, is none.
func (s *Store) readWorker(path string) (json.RawMessage, bool) {
	f, err := open(path)
	if err != nil {
		return nil, false
	}
	defer f.close()
	if !f.regular || hasModes && f.uid != s.uid || f.size > maxWorker {
		return nil, false
	}
	text, err := f.text()
	return json.RawMessage(text), err == nil && json.Valid([]byte(text))
}

func (s *Store) workersFolder() string { return filepath.Join(s.dir, "workers") }

// workerPath is the file of a worker. An id that is none would name any file.
func (s *Store) workerPath(id string) (string, error) {
	if !isWorkerID(id) {
		return "", fmt.Errorf("%q is no worker's id, which has 8 hex digits", id)
	}
	return filepath.Join(s.workersFolder(), id+recordSuffix), nil
}

// workerOf reads the id from a file's name.
func workerOf(name string) (id string, ok bool) {
	id, ok = strings.CutSuffix(name, recordSuffix)
	return id, ok && isWorkerID(id)
}

// isWorkerID reports whether id has the form of a worker's. Capitals are out:
// some file systems would take them for the small ones.
func isWorkerID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == 8 && strings.ToLower(id) == id
}
