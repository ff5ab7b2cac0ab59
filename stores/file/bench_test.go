package file_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/file"
)

func BenchmarkLoad(b *testing.B) {
	s := open(b, b.TempDir()+"/s")
	id := newID()
	mustSave(b, s, id, fiveHundredBytes())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Load(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	benchmarkSave(b, open(b, b.TempDir()+"/s"))
}

func BenchmarkSaveSync(b *testing.B) {
	s, err := file.Open(b.TempDir()+"/s", file.WithSweepInterval(-1), file.WithSync(true))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	benchmarkSave(b, s)
}

func benchmarkSave(b *testing.B, s *file.Store) {
	id, r := newID(), fiveHundredBytes()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Save(b.Context(), id, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTouch(b *testing.B) {
	s := open(b, b.TempDir()+"/s")
	id := newID()
	mustSave(b, s, id, fiveHundredBytes())
	expires := time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Touch(b.Context(), id, expires); err != nil {
			b.Fatal(err)
		}
	}
}

func fiveHundredBytes() *driver.Record {
	return record("ada", "key", strings.Repeat("x", 400))
}
