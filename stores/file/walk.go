package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// walkStep is how many files are looked at before others get their turn.
const walkStep = 256

// walk hands out what a folder holds, up to walkStep entries at a time. A
// folder that does not exist holds nothing.
func walk(folder string, step func([]fs.DirEntry) error) error {
	f, err := os.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(walkStep)
		if len(entries) > 0 {
			if err := step(entries); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// listIDs lists the sessions that files in a folder are named for, once each.
func listIDs(folder, suffix string) ([]driver.ID, error) {
	var ids []driver.ID
	err := walk(folder, func(entries []fs.DirEntry) error {
		for _, e := range entries {
			if id, ok := idOf(e.Name(), suffix); ok {
				ids = append(ids, id)
			}
		}
		return nil
	})
	// Some file systems list a file twice that was renamed meanwhile.
	slices.SortFunc(ids, func(a, b driver.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids), err
}

// idOf reads the id from a file's name: 32 hex digits and the suffix.
func idOf(name, suffix string) (driver.ID, bool) {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) != 2*len(driver.ID{}) {
		return driver.ID{}, false
	}
	id, err := driver.ParseID(digits)
	return id, err == nil
}
