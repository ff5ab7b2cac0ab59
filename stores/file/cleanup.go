package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// abandoned is the age at which an unfinished file outside of the session
// folders has no writer any more.
const abandoned = time.Hour

// leftovers removes what is of no use any more and no session.
func (w *sweep) leftovers(ctx context.Context) error {
	now := time.Now()
	users := w.usersFolder()
	return errors.Join(
		walk(users, func(entries []fs.DirEntry) error {
			for _, e := range entries {
				if err := w.markers(ctx, filepath.Join(users, e.Name())); err != nil {
					return err
				}
			}
			return w.rest(ctx)
		}),
		w.ending(ctx),
		w.removeWhere(ctx, filepath.Join(w.dir, "ended"), func(e fs.DirEntry) bool {
			info, err := e.Info()
			return err == nil && expired(info)
		}),
		w.removeWhere(ctx, filepath.Join(w.dir, "corrupt"), func(e fs.DirEntry) bool {
			return outdated(e.Name(), now)
		}),
		w.removeWhere(ctx, w.dir, func(e fs.DirEntry) bool {
			info, err := e.Info()
			return strings.HasSuffix(e.Name(), tempSuffix) && err == nil && now.Sub(info.ModTime()) > abandoned
		}),
	)
}

// markers removes the index entries of sessions that are gone, and the
// user's folder when it is empty then.
func (w *sweep) markers(ctx context.Context, folder string) error {
	empty := true
	err := walk(folder, func(entries []fs.DirEntry) error {
		for _, e := range entries {
			id, ok := idOf(e.Name(), "")
			if !ok || liveFile(w.shard(id).path(id)) {
				empty = false
				continue
			}
			if err := w.removeMarker(ctx, filepath.Join(folder, e.Name()), id); err != nil {
				return err
			}
		}
		if len(entries) == walkStep {
			return w.rest(ctx)
		}
		return nil
	})
	if err == nil && empty {
		os.Remove(folder) // fails when a session has come in meanwhile
	}
	return err
}

// removeMarker looks again under the lock, where no session can be in the
// making.
func (w *sweep) removeMarker(ctx context.Context, marker string, id driver.ID) error {
	ctx, cancel := context.WithTimeout(ctx, sweepPatience)
	defer cancel()
	sh := w.shard(id)
	if w.absent(sh, nil) != nil {
		return nil // the session may come back
	}
	if err := w.lock(ctx, sh, true); err != nil {
		return err
	}
	defer sh.unlock()
	if !liveFile(sh.path(id)) {
		os.Remove(marker)
	}
	return nil
}

func (w *sweep) removeWhere(ctx context.Context, folder string, goes func(fs.DirEntry) bool) error {
	return walk(folder, func(entries []fs.DirEntry) error {
		for _, e := range entries {
			if goes(e) {
				os.Remove(filepath.Join(folder, e.Name()))
			}
		}
		return w.rest(ctx)
	})
}

// ending removes the sessions that were revoked by a process that ended before
// it had removed them.
func (w *sweep) ending(ctx context.Context) error {
	folder := filepath.Join(w.dir, "ending")
	return walk(folder, func(entries []fs.DirEntry) error {
		for _, e := range entries {
			owner := filepath.Join(folder, e.Name())
			if info, err := e.Info(); err != nil || time.Since(info.ModTime()) < abandoned {
				continue
			}
			ids, err := listIDs(owner, "")
			for _, id := range ids {
				if err == nil {
					_, err = w.removeEnded(ctx, filepath.Join(owner, id.Hex()), id)
				}
			}
			if err != nil {
				return err
			}
			os.Remove(owner)
		}
		return w.rest(ctx)
	})
}
