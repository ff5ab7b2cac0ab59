package worker_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
	"github.com/gosessionkit/sessionkit/core/event"
)

func TestSum(t *testing.T) {
	t.Parallel()
	a := &worker.Activity{Events: map[string]uint64{"saved": 1, "gone": 2}, Rejected: map[string]uint64{"expired": 1}, Requests: 3, Conflicts: 4, Failures: 5, Rates: &worker.Rates{Loaded: 1, Saved: 2, Conflicts: 3, Rejected: 4, P99: 0.5}}
	b := &worker.Activity{Events: map[string]uint64{"saved": 10}, Requests: 30, Rates: &worker.Rates{Loaded: 10, P99: 0.1}}
	c := &worker.Activity{}
	want := worker.Activity{Events: map[string]uint64{"saved": 11, "gone": 2}, Rejected: map[string]uint64{"expired": 1}, Requests: 33, Conflicts: 4, Failures: 5, Rates: &worker.Rates{Loaded: 11, Saved: 2, Conflicts: 3, Rejected: 4, P99: 0.5}}
	if got := worker.Sum(a, nil, b, c); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// A hundred workers read what each of them has announced, so it stays small, however
// much has happened.
func TestAnnouncementIsSmall(t *testing.T) {
	t.Parallel()
	info := worker.Info{ID: "0a1b2c3d", PID: math.MaxInt32, PIDSpace: "pid:[4026531836]", Host: "app-7d9f8b6c5-x2x4z.eu-west-1.compute.internal", App: "example.com/company/shop/cmd/server",
		Started: time.Now(), Framework: "echov5", Version: "v1.22.333", Mode: "production", Keys: []string{"deadbeef", "deadbeef", "deadbeef"}, Store: "redis", StoreID: "deadbeef",
		Cookie: "__Host-session", Config: "deadbeef", Settings: map[string]string{}, Workers: 100, Clock: time.Now(), Skew: time.Hour,
		Activity: &worker.Activity{Events: map[string]uint64{}, Rejected: map[string]uint64{}, Requests: math.MaxInt64, Conflicts: math.MaxInt64, Failures: math.MaxInt64, Rates: &worker.Rates{Loaded: 123456.78, Saved: 123456.78, Conflicts: 123456.78, Rejected: 123456.78, P99: 0.123456}},
		Findings: map[string]string{}}
	for _, s := range []string{"session-lifetime", "session-idle-timeout", "session-cookie-name", "session-prefix"} {
		info.Settings[s] = (30 * 24 * time.Hour).String()
	}
	for _, kind := range event.Kinds() {
		info.Activity.Events[string(kind)] = 1e12
	}
	for _, reason := range []string{"malformed", "bad-signature", "foreign-key", "foreign-store", "not-found", "expired", "renewed", "ambiguous"} {
		info.Activity.Rejected[reason] = 1e12
	}
	for _, id := range []string{"secret-key-differs", "secret-key-rotation", "secret-key-fallbacks", "clock-skew", "workers-version", "workers-config",
		"workers-missing", "redis-no-persistence", "redis-skip-verify", "cookie-foreign-store", "cookie-secure-http", "middleware-order"} {
		info.Findings[id] = "warning"
	}
	raw, err := json.Marshal(info)
	if err != nil || len(raw) > 2048 {
		t.Errorf("%d bytes: %s, %v", len(raw), raw, err)
	}
}
