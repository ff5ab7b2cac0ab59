package memstore_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/memstore"
)

func TestMemoryForgetsSilentWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ctx := memstore.New(0), t.Context()
		now, err := s.Announce(ctx, "0a1b2c3d", json.RawMessage(`{}`), time.Second)
		if err != nil || !now.IsZero() {
			t.Errorf("Announce = %v, %v: a store without a clock tells a time", now, err)
		}
		time.Sleep(time.Second - 1)
		if live, err := s.Workers(ctx); len(live) != 1 || err != nil {
			t.Errorf("just before its end: %s, %v", live, err)
		}
		time.Sleep(time.Nanosecond)
		if live, err := s.Workers(ctx); len(live) != 0 || err != nil {
			t.Errorf("at its end: %s, %v", live, err)
		}
	})
}

func TestMemoryInspect(t *testing.T) {
	t.Parallel()
	s := memstore.New(100)
	inspection, err := s.Inspect(t.Context())
	if err != nil || inspection.Facts["limit"] != "100" || len(inspection.Unchecked) != 0 {
		t.Errorf("got %+v, %v", inspection, err)
	}
	s.Close()
	if _, err := s.Inspect(t.Context()); err != driver.ErrClosed {
		t.Errorf("closed: got error %v", err)
	}
}
