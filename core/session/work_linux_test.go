//go:build !race

package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
)

// What a visitor can choose, such as keys and a Cookie header, must cost work in
// proportion to how long it is. Work is processor time of this thread, which a
// busy machine does not lengthen, and what is in proportion is told by
// encoding/json: the same texts, read once, just before and after.

// mostWork is how many times as much as encoding/json something may cost. What
// is linear takes up to 10 times as much; what compares each key with each other
// takes 60 and more.
const mostWork = 30

// wantLinear fails when do costs much more work than reading text does. The best
// of several attempts counts.
func wantLinear(t *testing.T, what, text string, do func()) {
	t.Helper()
	wantLinearBy(t, threadClock, what, text, do)
}

func wantLinearBy(t *testing.T, clock int, what, text string, do func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var least float64
	for attempt := 0; attempt < 8 && least < 10*mostWork; attempt++ { // as many times more is no noise
		reading := work(clock, func() {
			var members map[string]json.RawMessage
			if err := json.Unmarshal([]byte(text), &members); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		})
		factor := float64(work(clock, do)) / float64(max(reading, time.Microsecond))
		if attempt == 0 || factor < least {
			least = factor
		}
		if least < mostWork {
			t.Logf("%s: %.1f times the work of encoding/json", what, least)
			return
		}
	}
	t.Fatalf("%s takes %.0f times as much work as it takes encoding/json to read its %d bytes, at most %d wanted", what, least, len(text), mostWork)
}

// The clocks of Linux that count processor time.
const (
	processClock = 2 // CLOCK_PROCESS_CPUTIME_ID
	threadClock  = 3 // CLOCK_THREAD_CPUTIME_ID
)

// work is the processor time that do takes.
func work(clock int, do func()) time.Duration {
	before := read(clock)
	do()
	return read(clock) - before
}

func read(clock int) time.Duration {
	var now syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&now)), 0); errno != 0 {
		panic(errno)
	}
	return time.Duration(now.Nano())
}

// crowd are as many keys as a session takes, around a text, and a JSON object
// that has them.
func crowd(before, after string) (keys []string, object string) {
	var b strings.Builder
	for i := range session.MaxKeys {
		key := fmt.Sprintf("%s%04d%s", before, i, after)
		quoted, _ := json.Marshal(key)
		fmt.Fprintf(&b, ",%s:%d", quoted, i)
		keys = append(keys, key)
	}
	return keys, "{" + b.String()[1:] + "}"
}

// FuzzWork: nothing that one request does with many keys costs more than is in
// proportion, whatever the keys are.
func FuzzWork(f *testing.F) {
	m := memoryManager(f)
	for _, text := range []string{"k", "<", `"""""""""""""""""""`, "\x01", `\`, "\u2028", "日本", "_", strings.Repeat("k", 200), strings.Repeat(`"`, 100)} {
		f.Add(text, "")
		f.Add("k", text)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		keys, object := crowd(before, after)
		b := newBrowser(t, m)
		taken := true
		request := func(what string, handle func(ctx context.Context, s *session.Session)) {
			t.Helper()
			wantLinear(t, what, object, func() {
				ctx, end := b.open()
				handle(ctx, from(t, ctx))
				if err := end(); err != nil {
					t.Fatal(err)
				}
			})
		}
		each := func(do func(s *session.Session, key string) error) func(context.Context, *session.Session) {
			return func(_ context.Context, s *session.Session) {
				for _, key := range keys {
					taken = do(s, key) == nil && taken
				}
			}
		}
		put := each(func(s *session.Session, key string) error { return session.Set(s, key, 1) })
		if request("setting keys", put); !taken {
			return // too long, reserved, not UTF-8
		}
		request("setting them again, twice", func(ctx context.Context, s *session.Session) { put(ctx, s); put(ctx, s) })
		request("getting them", each(func(s *session.Session, key string) error { _, err := session.Get[int](s, key); return err }))
		request("setting and getting them", each(func(s *session.Session, key string) error {
			_, err := session.Get[int](s, key)
			if err == nil {
				err = session.Set(s, key, 2)
			}
			return err
		}))
		request("getting others", each(func(s *session.Session, key string) error { s.Has(key[:len(key)-1]); return nil }))
		request("too many", func(_ context.Context, s *session.Session) {
			for _, key := range keys[:100] {
				session.Set(s, "x"+key[:min(len(key), 200)], 1)
			}
			s.Delete(keys[:200]...)
		})
		request("listing them", func(_ context.Context, s *session.Session) { s.Keys(); s.Values() })
		request("messages", func(_ context.Context, s *session.Session) {
			for _, key := range keys {
				s.Flash("info", key)
			}
			s.Has(keys[0])
			s.Flashes()
		})
		request("deleting them one by one, and all of them", func(_ context.Context, s *session.Session) {
			for _, key := range keys {
				s.Delete(key)
			}
			s.Delete(keys...)
			s.Clear()
		})
	})
}

// FuzzWorkOnText: nor does it where another program wrote the text, with escapes
// where none is needed.
func FuzzWorkOnText(f *testing.F) {
	for _, escape := range []string{`\u0061`, `\u00e9`, `\ud83d\ude00`, `\/`, `\ud83d`, `\"`, "é"} {
		f.Add(escape, "a", 30)
		f.Add(escape, "é", 5)
	}
	f.Fuzz(func(t *testing.T, escape, key string, length int) {
		text := strings.Repeat(escape, 1+min(max(length, 0), 40))
		var b strings.Builder
		for i := range session.MaxKeys {
			fmt.Fprintf(&b, `,"%s%d":{"x":[%d]}`, text, i, i)
		}
		object := "{" + b.String()[1:] + "}"
		v, err := driver.ParseValues(object)
		if err != nil || !json.Valid([]byte(object)) {
			return
		}
		key = strings.Repeat(key, 1+min(max(length, 0), 40))
		wantLinear(t, "parsing", object, func() { driver.ParseValues(object) })
		wantLinear(t, "looking up", object, func() { v.Get(key) })
		wantLinear(t, "replacing", object, func() { v.With(key, json.RawMessage("1")) })
		wantLinear(t, "listing", object, func() { v.Keys() })
	})
}

// FuzzWorkOnCookies: nor what stands in the Cookie header, however often.
func FuzzWorkOnCookies(f *testing.F) {
	m := memoryManager(f)
	b := newBrowser(f, m)
	b.visit(func(s *session.Session) { set(f, s, "a", 1) })
	forged := b.cookie[:len(b.cookie)-1] + "!"
	for _, pair := range []string{"", ";", "a=b;", "session=;", "session=x;", "=;", " ;", forged + "; ", b.cookie + "; ", `session="` + b.token() + `";`} {
		f.Add(pair)
	}
	f.Fuzz(func(t *testing.T, pair string) {
		const length = 64 << 10
		line := strings.Repeat(pair, length/(len(pair)+1))
		text, _ := json.Marshal(map[string]string{"line": line + strings.Repeat(" ", length-len(line))})
		for what, lines := range map[string][]string{"one line": {line}, "a line each": strings.SplitAfter(line, ";")} {
			wantLinear(t, what, string(text), func() {
				ctx, _, _ := sessiontest.Open(t.Context(), m, session.Incoming{Cookies: lines})
				from(t, ctx)
			})
		}
	})
}

// Nor what requests cost each other that are saved together. Not parallel: it
// counts what the whole process does.
func TestWorkSavedTogether(t *testing.T) {
	const requests = 128
	keys, object := crowd("key-", "")
	keys = keys[:len(keys)-1] // "count" makes it full
	m := memoryManager(t)
	b := newBrowser(t, m)
	b.visit(func(s *session.Session) { set(t, s, "count", 0) })
	wantLinearBy(t, processClock, "saving together", "{"+strings.Repeat(object[1:len(object)-1]+",", requests)+`"count":0}`, func() {
		leading, led := make(chan struct{}), make(chan struct{})
		var all, waiting sync.WaitGroup
		all.Go(func() {
			own := *b
			ctx, _ := own.open()
			_, err := session.Update(from(t, ctx), "count", func(n int) (int, error) {
				close(leading)
				<-led
				return n + 1, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-leading
		for range requests {
			waiting.Add(1)
			all.Go(func() {
				own := *b
				ctx, _ := own.open()
				s := from(t, ctx)
				for _, key := range keys {
					set(t, s, key, 1)
				}
				waiting.Done() // the next thing that it does is to wait
				if _, err := session.Update(s, "count", func(n int) (int, error) { return n + 1, nil }); err != nil {
					t.Error(err)
				}
			})
		}
		waiting.Wait()
		close(led)
		all.Wait()
	})
	b.visit(func(s *session.Session) {
		if n := get[int](t, s, "count"); n%(requests+1) != 0 {
			t.Errorf("counted to %d, want %d each time", n, requests+1)
		}
	})
}
