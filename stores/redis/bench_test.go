package redis_test

import (
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

func BenchmarkLoad(b *testing.B) {
	s := open(b, redistest.Start(b).URL(), "")
	id, r := newID(), newRecord("ada")
	for _, key := range []string{"cart", "locale", "theme", "csrf", "visits"} {
		r.Values = r.Values.With(key, []byte(`"some value of a usual length"`))
	}
	save(b, s, id, r)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Load(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	for _, user := range []string{"", "ada"} {
		name := "nobody"
		if user != "" {
			name = "user"
		}
		b.Run(name, func(b *testing.B) {
			s := open(b, redistest.Start(b).URL(), "")
			id, r := create(b, s, user)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Save(b.Context(), id, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSaveParallel(b *testing.B) {
	s := open(b, redistest.Start(b).URL(), "")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		var id driver.ID
		var r *driver.Record
		id, r = newID(), newRecord("ada")
		for pb.Next() {
			if err := s.Save(b.Context(), id, r); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
