package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/keep"
)

func TestProtectIDs(t *testing.T) {
	t.Parallel()
	root := commands(system{}, &bytes.Buffer{})
	for args, want := range map[string]string{
		"sessions show -NBTMuVD":                    "sessions|show| -NBTMuVD",
		"sessions show --values -NBTMuVD":           "sessions|show|--values| -NBTMuVD",
		"sessions show -values -NBTMuVD":            "sessions|show|-values| -NBTMuVD",
		"sessions end -NBTMuVD -o json":             "sessions|end| -NBTMuVD|-o|json",
		"sessions end --user -ada":                  "sessions|end|--user|-ada",
		"sessions end --user=-ada -NBTMuVD":         "sessions|end|--user=-ada| -NBTMuVD",
		"sessions show --vales hzdmmunV":            "sessions|show|--vales|hzdmmunV",
		"sessions show -- -NBTMuVD":                 "sessions|show|--|-NBTMuVD",
		"sessions show -h":                          "sessions|show|-h",
		"sessions show -help":                       "sessions|show|-help",
		"sessions show -NBTMuVDaaaaaaaaaaaaaaaaaaa": "sessions|show|-NBTMuVDaaaaaaaaaaaaaaaaaaa",
		"sessions show hz-mmunV":                    "sessions|show|hz-mmunV",
		"sessions list -NBTMuVD":                    "sessions|list|-NBTMuVD",
		"sessions":                                  "sessions",
		"doctor -NBTMuVD http://127.0.0.1":          "doctor|-NBTMuVD|http://127.0.0.1",
	} {
		if got := strings.Join(protectIDs(root, strings.Fields(args)), "|"); got != want {
			t.Errorf("%s: %q", args, got)
		}
	}
}

// A flag that is spelt wrong may look like an id: it is named, and what came with it is
// not.
func TestMistypedFlag(t *testing.T) {
	t.Parallel()
	usage := keep.Usage("show", protectIDs(commands(system{}, &bytes.Buffer{}), strings.Fields("sessions show -redis-ulr redis://:geheim@127.0.0.1"))[2:])
	if !strings.Contains(usage, "no flag -redis-ulr") || strings.Contains(usage, "geheim") {
		t.Error(usage)
	}
}
