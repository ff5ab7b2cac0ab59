//go:build !linux

package file

import (
	"io"
	"os"
	"time"
)

// opened is an open file and what one look at it told.
type opened struct {
	file    *os.File
	size    int64
	mtime   time.Time
	regular bool
	uid     int
}

func open(path string) (opened, error) {
	var f *os.File
	err := whileBusy(func() (err error) {
		f, err = os.OpenFile(path, os.O_RDONLY|noFollow, 0)
		return err
	})
	if err != nil {
		return opened{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return opened{}, err
	}
	return opened{
		file:    f,
		size:    info.Size(),
		mtime:   info.ModTime(),
		regular: info.Mode().IsRegular(),
		uid:     ownerOf(info),
	}, nil
}

func (f *opened) close() { f.file.Close() }

// text reads the whole file.
func (f *opened) text() (string, error) {
	buf := make([]byte, f.size)
	n, err := io.ReadFull(f.file, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return string(buf[:n]), err
}
