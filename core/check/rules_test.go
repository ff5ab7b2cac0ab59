package check_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
)

func examples() []example {
	return slices.Concat(keyExamples, environmentExamples, secretExamples, storeExamples, fileExamples, redisExamples, cookieExamples, tokenExamples, predecessorExamples, workerExamples, lostExamples, lifetimeExamples)
}

// facts are those of the example.
func (e example) facts() check.Facts {
	from := e.from
	if from == nil {
		from = onRedis
	}
	f := from()
	if e.change != nil {
		e.change(&f)
	}
	return f
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, e := range examples() {
		t.Run(e.id+"/"+e.name, func(t *testing.T) {
			t.Parallel()
			want := slices.Clone(e.also)
			if e.found {
				want = append(want, e.id)
			}
			var text string
			var got []string
			for _, finding := range check.Run(e.facts()) {
				got = append(got, finding.ID)
				if finding.ID == e.id {
					text = finding.Message + "\n" + finding.Fix
				}
			}
			slices.Sort(want)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
			if strings.Contains(text, "  ") {
				t.Errorf("%q has a gap: a setting that does not exist?", text)
			}
			for _, word := range e.words {
				if !strings.Contains(text, word) {
					t.Errorf("%q lacks %q", text, word)
				}
			}
		})
	}
}

func TestHealthyFacts(t *testing.T) {
	t.Parallel()
	for name, facts := range map[string]func() check.Facts{"redis": onRedis, "file": onFiles, "memory": onMemory} {
		if findings := check.Run(facts()); len(findings) > 0 {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}

// Each rule is described, and has an example that shows it; each example is
// of a rule.
func TestEveryRuleHasAnExample(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	var ids []string
	for _, r := range check.Rules() {
		if slices.Contains(ids, r.ID) || !shape.MatchString(r.ID) {
			t.Errorf("id %q: not new, or not in the shape of ids", r.ID)
		}
		ids = append(ids, r.ID)
		if r.Title == "" || r.Description == "" || r.HowToSee == "" || !slices.Contains([]check.Severity{check.Error, check.Warning, check.Info}, r.Severity) {
			t.Errorf("%s is not described: %+v", r.ID, r)
		}
		if !slices.ContainsFunc(examples(), func(e example) bool { return e.id == r.ID && e.found }) {
			t.Errorf("%s has no example", r.ID)
		}
	}
	for _, e := range examples() {
		if !slices.Contains(ids, e.id) {
			t.Errorf("example %s/%s is of no rule", e.id, e.name)
		}
	}
}

// Behaviour 113: no finding has a secret.
func TestNoFindingHasASecret(t *testing.T) {
	t.Parallel()
	secrets := []string{goodKey[:31], "hidden", "changeme", "change-me", "keyboard cat", "hunter2", "x7aaa", "abcdef", "test123", "zq8w"}
	for _, e := range examples() {
		for _, finding := range check.Run(e.facts()) {
			for _, secret := range secrets {
				if strings.Contains(finding.Message+finding.Fix, secret) {
					t.Errorf("%s/%s: %+v has the secret %s in it", e.id, e.name, finding, secret)
				}
			}
		}
	}
}

// A random key is good, in whatever characters it is written.
func TestRandomKeysAreGood(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{
		"0123456789", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	} {
		for range 250 {
			key := make([]byte, 32)
			for i := range key {
				key[i] = alphabet[random.IntN(len(alphabet))]
			}
			f := onRedis()
			f.Config.SecretKey = config.NewSecret(string(key))
			if findings := check.Run(f); len(findings) > 0 {
				t.Fatalf("%s: %+v", key, findings)
			}
		}
	}
}
