package file

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Identify implements [driver.Identifier]. The origin is in DIR/store-id. A
// file that holds none is replaced. Sessions that have vanished with their
// folder are given up: the manager asks every few seconds.
func (s *Store) Identify(ctx context.Context, proposed driver.StoreID) (driver.StoreID, error) {
	if err := s.usable(ctx); err != nil {
		return driver.StoreID{}, err
	}
	path := filepath.Join(s.dir, "store-id")
	origin, known, err := readOrigin(path)
	if err == nil && !known {
		origin, err = s.settle(ctx, path, proposed)
	}
	if err == nil {
		s.identified.Store(true)
		err = s.survey()
	}
	if err != nil {
		return driver.StoreID{}, s.failAll("read or write store-id", err)
	}
	return origin, nil
}

// settle makes one of those who propose at the same time the first.
func (s *Store) settle(ctx context.Context, path string, proposed driver.StoreID) (driver.StoreID, error) {
	if err := s.claim(); err != nil {
		return proposed, err
	}
	lock := lockFile(filepath.Join(s.dir, ".store-id.lock"))
	if err := createEmpty(lock.Path()); err != nil {
		return proposed, err
	}
	if err := acquire(ctx, lock); err != nil {
		return proposed, err
	}
	defer lock.Unlock()
	origin, known, err := readOrigin(path)
	if err != nil || known {
		return origin, err
	}
	if s.identified.Load() {
		s.emptied.Store(time.Now().UnixNano())
	}
	return proposed, s.write(path, append(hex.AppendEncode(nil, proposed[:]), '\n'), time.Now())
}

// readOrigin reports whether the file holds an origin, and which.
func readOrigin(path string) (o driver.StoreID, known bool, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	digits := strings.TrimSpace(string(text))
	if len(digits) != 2*len(o) {
		return o, false, nil
	}
	_, err = hex.Decode(o[:], []byte(digits))
	return o, err == nil, nil
}
