package driver_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/driver"
)

func TestIDForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		id         driver.ID
		text, hex  string
		shortMatch string
	}{
		{driver.ID{}, "AAAAAAAAAAAAAAAAAAAAAA", "00000000000000000000000000000000", "AAAAAAAA"},
		{driver.ID{0xfb, 0xff, 15: 0x01}, "-_8AAAAAAAAAAAAAAAAAAQ", "fbff0000000000000000000000000001", "-_8AAAAA"},
	}
	for _, test := range tests {
		if got := test.id.String(); got != test.text {
			t.Errorf("String() = %s, want %s", got, test.text)
		}
		if got := test.id.Hex(); got != test.hex {
			t.Errorf("Hex() = %s, want %s", got, test.hex)
		}
		if got := test.id.Short(); got != test.shortMatch {
			t.Errorf("Short() = %s, want %s", got, test.shortMatch)
		}
	}
}

func TestParseIDReadsBothForms(t *testing.T) {
	t.Parallel()
	for range 100 {
		var id driver.ID
		rand.Read(id[:])
		for _, text := range []string{id.String(), id.Hex(), strings.ToUpper(id.Hex())} {
			if got, err := driver.ParseID(text); err != nil || got != id {
				t.Fatalf("ParseID(%s) = %s, %v; want %s", text, got, err, id)
			}
		}
	}
}

func TestParseIDRejects(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "A", strings.Repeat("A", 21), strings.Repeat("A", 23), strings.Repeat("0", 31), strings.Repeat("0", 33),
		strings.Repeat("A", 21) + "B", // bits beyond the 128th
		strings.Repeat("A", 20) + "==",
		strings.Repeat("A", 20) + "\n\n", // base64 skips line breaks
		strings.Repeat("A", 21) + "\r",
		strings.Repeat("\n", 22),
		"+/" + strings.Repeat("A", 20),
		"../" + strings.Repeat("A", 19),
		strings.Repeat("0", 31) + "g",
		strings.Repeat("0", 31) + "\n",
		strings.Repeat("é", 11), strings.Repeat("\x00", 22), strings.Repeat(" ", 32),
	} {
		if id, err := driver.ParseID(text); err == nil {
			t.Errorf("ParseID(%q) = %s", text, id)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("-_8AAAAAAAAAAAAAAAAAAQ")
	f.Add("fbff0000000000000000000000000001")
	f.Add(strings.Repeat("A", 20) + "\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := driver.ParseID(text)
		if err == nil && text != id.String() && !strings.EqualFold(text, id.Hex()) {
			t.Fatalf("ParseID(%q) = %s", text, id)
		}
	})
}
