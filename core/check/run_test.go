package check_test

import (
	"encoding/json"
	"errors"
	"flag"
	"slices"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

// troubled are facts with findings of each severity.
func troubled() check.Facts {
	f := onRedis()
	fact("role", "slave", "version", "5.0.1", "maxmemory", "104857600")(&f)
	secretKey("changeme")(&f)
	f.Rejections["bad-signature"] = 1
	f.Observed.UntrustedProto = true
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
		f.Config.Mode, f.Config.SecretKey = mode, ""
		findings := check.Run(f)
		if len(findings) != 1 || findings[0].Severity != want {
			t.Errorf("%s: %+v, want %s", mode, findings, want)
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
	want := "set --secret-key (SHOP_SECRET_KEY) to the output of: openssl rand -base64 32, the same on every worker"
	if findings := check.Run(check.Facts{Config: cfg}); len(findings) != 1 || findings[0].Fix != want {
		t.Errorf("got %+v, want the fix %q", findings, want)
	}
}
