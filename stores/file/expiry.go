package file

import (
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// The times a file can carry: whole milliseconds from the first second of
// 1970, as the zero time means "leave it alone", to the year 2262, where 64
// bits of nanoseconds end. That last moment stands for all that come after,
// as far as a record goes. File systems of an older make end in 2038.
const (
	minExpiry  = 1000
	maxExpiry  = math.MaxInt64 / int64(time.Millisecond)
	recordsEnd = 9_999_999_999_999
)

// setExpiry makes expires the file's modification time.
func setExpiry(path string, expires time.Time) error {
	ms := int64(maxExpiry)
	if expires.Before(time.UnixMilli(maxExpiry)) {
		ms = max(expires.UnixMilli(), minExpiry)
	}
	return os.Chtimes(path, time.Time{}, time.UnixMilli(ms))
}

// expiryOf is the expiry that a modification time stands for.
func expiryOf(mtime time.Time) time.Time {
	ms := mtime.UnixMilli()
	if ms >= maxExpiry {
		ms = recordsEnd
	}
	return time.UnixMilli(ms)
}

// live reports whether a record has not expired.
func live(r *driver.Record, now time.Time) bool {
	return now.UnixMilli() < r.Expires.UnixMilli()
}

// expired tells from a file's time whether its session has.
func expired(info fs.FileInfo) bool {
	return info.ModTime().UnixMilli() <= time.Now().UnixMilli()
}

// liveFile reports whether there is a session's file that has not expired.
func liveFile(path string) bool {
	_, live := liveUntil(path)
	return live
}

// liveUntil is when a session's file expires, if there is one that has not.
func liveUntil(path string) (expires time.Time, live bool) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || expired(info) {
		return time.Time{}, false
	}
	return expiryOf(info.ModTime()), true
}
