package promsession_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/debug"
)

var update = flag.Bool("update", false, "write the table in docs/metrics.md anew")

var docs = filepath.Join("..", "..", "docs")

// described are all metrics.
func described(t *testing.T) []debug.Family {
	t.Helper()
	sessions, err := session.NewManager(context.Background(), config.Config{Mode: config.Test}, memstore.New(0), session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sessions.Close() })
	return debug.NewMetrics(sessions).Describe()
}

// The page lists what there is.
func TestDocs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("| metric | type | labels | what it tells |\n| --- | --- | --- | --- |\n")
	for _, f := range described(t) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, strings.Join(f.Labels, ", "), f.Help)
	}
	page := filepath.Join(docs, "metrics.md")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), "| metric | type |")
	_, after, found := strings.Cut(rest, "\n\n")
	if !found {
		t.Fatal("docs/metrics.md has no table")
	}
	want := before + b.String() + "\n" + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Error("docs/metrics.md is not what the metrics are; run: go test ./debug/promsession -run Docs -update")
	}
}

// What is there to paste asks for metrics and labels that exist.
func TestPasted(t *testing.T) {
	t.Parallel()
	labels := map[string][]string{}
	for _, f := range described(t) {
		own := append(slices.Clone(f.Labels), "instance", "le")
		if labels[f.Name] = own; f.Type == "histogram" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				labels[f.Name+suffix] = own
			}
		}
	}
	series := regexp.MustCompile(`(sessionkit_[a-z_]+)(?:\{([^}]*)\})?`)
	label := regexp.MustCompile(`([a-z_]+)=~?"|([a-z_]+)!~?="`)
	seen := map[string]int{}
	for _, file := range []string{"alerts.yaml", "grafana.json"} {
		raw, err := os.ReadFile(filepath.Join(docs, "metrics", file))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		if file == "grafana.json" {
			var board struct {
				Panels []struct {
					Title   string
					Targets []struct{ Expr string }
				}
			}
			if err := json.Unmarshal(raw, &board); err != nil {
				t.Fatal(err)
			}
			text = ""
			for _, p := range board.Panels {
				if p.Title == "" || len(p.Targets) == 0 {
					t.Errorf("a panel of nothing: %+v", p)
				}
				for _, target := range p.Targets {
					text += target.Expr + "\n"
				}
			}
		}
		for _, m := range series.FindAllStringSubmatch(text, -1) {
			known, ok := labels[m[1]]
			if !ok {
				t.Errorf("%s: there is no %s", file, m[1])
			}
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				if name := l[1] + l[2]; !slices.Contains(known, name) {
					t.Errorf("%s: %s has no label %s", file, m[1], name)
				}
			}
			seen[file]++
		}
	}
	if seen["alerts.yaml"] < 8 || seen["grafana.json"] < 11 {
		t.Errorf("%v are looked at", seen)
	}
}
