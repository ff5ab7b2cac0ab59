package check_test

import (
	"encoding/json"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// troubled are facts with findings of each severity.
func troubled() check.Facts {
	f := onRedis()
	fact("role", "slave", "version", "5.0.1", "maxmemory", "104857600")(&f)
	secretKey("changeme")(&f)
	f.Rejections["bad-signature"] = seen(1)
	f.Observed.UntrustedProto = seen(5)
	return f
}

func ids(findings []check.Finding) []string {
	var list []string
	for _, f := range findings {
		list = append(list, f.ID)
	}
	return list
}

func TestWorstFirst(t *testing.T) {
	t.Parallel()
	got := ids(check.Run(troubled()))
	want := []string{
		"secret-key-default", "redis-replica", // errors, in the table's order
		"redis-old", "proxy-not-trusted", // warnings
		"cookie-bad-signature", "redis-refuses", // the rest
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	f := troubled()
	f.Config.Silence = []string{"redis-replica", "redis-refuses", "redis-nothing"}
	want := []string{"secret-key-default", "redis-old", "proxy-not-trusted", "silence-unknown", "cookie-bad-signature"}
	if got := ids(check.Run(f)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	f.Config.Silence = append(f.Config.Silence, "silence-unknown")
	if got := ids(check.Run(f)); slices.Contains(got, "silence-unknown") {
		t.Errorf("got %q", got)
	}
}

func TestSeverityByMode(t *testing.T) {
	t.Parallel()
	for mode, want := range map[config.Mode]check.Severity{
		config.Production: check.Error, config.Development: check.Warning, config.Test: check.Warning,
	} {
		f := onRedis()
		f.Config.Mode, f.Config.SecretKey = mode, config.Secret{}
		findings := check.Run(f)
		if len(findings) != 1 || findings[0].Severity != want {
			t.Errorf("%s: %+v, want %s", mode, findings, want)
		}
	}
}

// What anybody can send is a warning when it comes several times.
func TestSeverityBySightings(t *testing.T) {
	t.Parallel()
	shows := map[string]func(*check.Facts, check.Recent){
		"cookie-foreign-key": func(f *check.Facts, s check.Recent) { f.Rejections["foreign-key"] = s },
		"token-over-http":    func(f *check.Facts, s check.Recent) { f.Observed.TokenOverHTTP = s },
		"cookie-secure-http": func(f *check.Facts, s check.Recent) { f.Observed.SecureOverHTTP = s },
		"cookie-ambiguous":   func(f *check.Facts, s check.Recent) { f.Rejections["ambiguous"] = s },
		"cookie-duplicates":  func(f *check.Facts, s check.Recent) { f.Observed.DuplicateCookies = s },
		"proxy-not-trusted":  func(f *check.Facts, s check.Recent) { f.Observed.UntrustedProto = s },
		"session-cross-site": func(f *check.Facts, s check.Recent) { f.Observed.CrossSite = s },
	}
	for _, r := range check.Rules() {
		if r.ID == "secret-key-fallbacks" { // which the workers show first: TestFallbacksInUse
			continue
		}
		show, ok := shows[r.ID]
		if ok != (r.WhenRare == check.Info) {
			t.Errorf("%s: rarely %q", r.ID, r.WhenRare)
		}
		if !ok {
			continue
		}
		for count, want := range map[uint64]check.Severity{1: check.Info, check.WarnAfter - 1: check.Info, check.WarnAfter: check.Warning} {
			f := onRedis()
			show(&f, check.Recent{Count: count})
			if found := check.Run(f); len(found) != 1 || found[0].ID != r.ID || found[0].Severity != want {
				t.Errorf("%s seen %d times: %+v, want %s", r.ID, count, found, want)
			}
		}
	}
	for _, reason := range []string{"foreign-key", "foreign-store"} { // the first tells enough
		f := onMemory()
		f.Rejections[reason] = check.Recent{Count: 1}
		if found := check.Run(f); len(found) != 1 || found[0].Severity != check.Warning {
			t.Errorf("%s: got %+v", reason, found)
		}
	}
}

// What is not known is not wrong.
func TestNoFacts(t *testing.T) {
	t.Parallel()
	findings := check.Run(check.Facts{})
	if got := ids(findings); !slices.Equal(got, []string{"secret-key-missing"}) {
		t.Errorf("got %q", got)
	}
}

func TestFindingAsJSONAndError(t *testing.T) {
	t.Parallel()
	finding := check.Finding{ID: "a-b", Severity: check.Warning, Message: "m", Fix: "f", Docs: "docs/checks.md#a-b"}
	got, err := json.Marshal(finding)
	if want := `{"id":"a-b","severity":"warning","message":"m","fix":"f","docs":"docs/checks.md#a-b"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	joined := errors.Join(finding)
	var found check.Finding
	if !errors.As(joined, &found) || found != finding || joined.Error() != "a-b: m. Fix: f (docs/checks.md#a-b)" {
		t.Errorf("got %v, %v", joined, found)
	}
}

func TestSettingsHaveTheAppsPrefix(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse(flag.NewFlagSet("", flag.ContinueOnError), nil, config.WithEnvPrefix("SHOP"))
	if err != nil {
		t.Fatal(err)
	}
	facts := check.Facts{Config: cfg, Store: check.Store{Kind: "file"}}
	for fix, want := range map[string]string{
		check.KeyFix(facts):   "set --secret-key (SHOP_SECRET_KEY) to",
		check.StoreFix(facts): "the same --session-dir (SHOP_SESSION_DIR); for workers on several machines set --redis-url (SHOP_REDIS_URL)",
	} {
		if !strings.Contains(fix, want) {
			t.Errorf("%q lacks %q", fix, want)
		}
	}
	want := "set --secret-key (SHOP_SECRET_KEY) to the output of: openssl rand -base64 32, the same on every worker"
	if findings := check.Run(check.Facts{Config: cfg}); len(findings) != 1 || findings[0].Fix != want {
		t.Errorf("got %+v, want the fix %q", findings, want)
	}
}
