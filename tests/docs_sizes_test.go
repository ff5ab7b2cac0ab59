package tests

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/stores/file"
)

var sizes = regexp.MustCompile(`(?s)(<!-- begin sizes -->\n).*?(<!-- end sizes -->)`)

// The page about stores says what sessions take in files, as they are written here, and
// in Redis and memory, as the page about performance has it.
func TestSizesInDocs(t *testing.T) {
	t.Parallel()
	_, measured, _ := strings.Cut(docsPage(t, "performance.md"), "bytes a session with five small keys")
	row := regexp.MustCompile(`\| sessionkit \| net/http \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|`).FindStringSubmatch(measured)
	if row == nil {
		t.Fatal("docs/performance.md has no sizes of the kit")
	}
	table := "| bytes a session with five small keys | nobody logged in | logged in |\n| --- | --- | --- |\n" +
		fmt.Sprintf("| Redis, the index of users included | %s | %s |\n| memory | %s | %s |\n", row[1], row[2], row[3], row[4]) +
		fmt.Sprintf("| file | %d | %d, and an empty one |\n", fileSize(t, ""), fileSize(t, "4711"))
	page := docsPage(t, "stores.md")
	want := sizes.ReplaceAllString(page, "${1}"+table+"${2}")
	if *update && want != page {
		if err := os.WriteFile("../docs/stores.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != page || !sizes.MatchString(page) {
		t.Errorf("docs/stores.md has other sizes; run: go test ./tests -run SizesInDocs -update; they are\n%s", table)
	}
}

// fileSize is that of a session in which the user is logged in, "" for nobody.
func fileSize(t *testing.T, user string) int64 {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sessions")
	store, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m, err := session.NewManager(t.Context(), config.Config{Mode: config.Test}, store)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	sessiontest.Cookie(t, m, func(s *session.Session) error {
		for key, value := range map[string]string{"nick": "ada", "name": "Ada Lovelace", "locale": "en-GB", "theme": "dark", "cart": "3"} {
			if err := session.Set(s, key, value); err != nil {
				return err
			}
		}
		if user == "" {
			return nil
		}
		return s.RenewAs(t.Context(), user)
	})
	var size int64
	err = filepath.WalkDir(filepath.Join(dir, "sessions"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".json") {
			info, err := entry.Info()
			size = info.Size()
			return err
		}
		return err
	})
	if err != nil || size == 0 {
		t.Fatalf("the session has %d bytes, %v", size, err)
	}
	return size
}
