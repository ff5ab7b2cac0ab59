package redis_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// What is no record is moved aside whole, for a week, with a line in the log.
func TestCorruptIsSetAside(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	setsAside(t, srv.URL(), srv.Do)
}

func setsAside(t *testing.T, url string, do func(args ...string) any) {
	var log bytes.Buffer
	s, err := redis.Open(t.Context(), url, redis.WithPrefix("bad:"), redis.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	loads := func(id driver.ID) error { _, err := s.Load(t.Context(), id); return err }
	touches := func(id driver.ID) error { return s.Touch(t.Context(), id, time.Now().Add(time.Hour)) }
	for _, c := range []struct {
		stored []string // a command, which lacks the key
		find   func(driver.ID) error
	}{
		{[]string{"SET", `{"rev":1,"exp":`}, loads},
		{[]string{"SET", ""}, loads},
		{[]string{"RPUSH", "a list"}, loads},
		{[]string{"RPUSH", "a list"}, touches},
	} {
		id := newID()
		key := "bad:" + id.String()
		do(c.stored[0], key, c.stored[1])
		if err := c.find(id); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("%q: got error %v", c.stored, err)
		}
		if do("EXISTS", key) != int64(0) {
			t.Errorf("%q: still there", c.stored)
		}
		aside := "bad:corrupt:{" + key + "}"
		if left := do("PTTL", aside).(int64); left < 6*24*3600e3 || left > 7*24*3600e3 {
			t.Errorf("%q: time to live aside %d ms", c.stored, left)
		}
		if !strings.Contains(log.String(), id.Short()) || strings.Contains(log.String(), id.String()) {
			t.Errorf("log: %s", log.String())
		}
	}
}

// A save meets a value of another type.
func TestSaveOverWrongType(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "type:")
	for _, user := range []string{"", "ada"} {
		id, r := create(t, s, user)
		spoil := func() {
			srv.Do("DEL", "type:"+id.String())
			srv.Do("HSET", "type:"+id.String(), "field", "value")
		}
		spoil()
		if err := s.Save(t.Context(), id, r); !errors.Is(err, driver.ErrGone) {
			t.Errorf("save: got error %v", err)
		}
		spoil()
		save(t, s, id, newRecord(user))
		if got := load(t, s, id); got.Revision != 1 {
			t.Errorf("created anew at revision %d", got.Revision)
		}
	}
}

// Something else under the key of a user's index spoils nobody's requests.
func TestCorruptIndex(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	s := open(t, srv.URL(), "")
	id, r := create(t, s, "ada")
	key := srv.Do("KEYS", "session:user:*").([]any)[0].(string)
	spoil := func() {
		srv.Do("DEL", key)
		srv.Do("SET", key, "no sorted set")
	}
	spoil()
	if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); len(got) != 0 {
		t.Errorf("listed %v", got)
	}
	save(t, s, id, r) // changes nothing that the index knows
	if err := s.Index(t.Context(), id, r); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); !got[id] {
		t.Errorf("listed %v", got)
	}
	spoil()
	other, _ := create(t, s, "ada")
	if got := ids(t, s.ByUser(t.Context(), driver.Owner{User: "ada"})); !got[other] {
		t.Errorf("listed %v", got)
	}
}

// Nothing is logged twice, nor an entry lost, when many requests meet the same
// bad record.
func TestCorruptFoundByMany(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t)
	var log bytes.Buffer
	s, err := redis.Open(t.Context(), srv.URL(), redis.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id := newID()
	srv.Do("SET", "session:"+id.String(), "not a record")
	done := make(chan error)
	for range 16 {
		go func() {
			_, err := s.Load(t.Context(), id)
			done <- err
		}()
	}
	for range 16 {
		if err := <-done; !errors.Is(err, driver.ErrNotFound) {
			t.Error(err)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("%d lines logged:\n%s", n, log.String())
	}
}
