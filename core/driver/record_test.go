package driver_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// goldenRecord is what testdata/record.json holds.
func goldenRecord(t testing.TB) *driver.Record {
	return &driver.Record{
		Revision: 42,
		Created:  time.Date(2026, 1, 2, 3, 4, 5, int(678*time.Millisecond), time.UTC),
		Deadline: time.Date(2026, 1, 3, 3, 4, 5, int(678*time.Millisecond), time.UTC),
		Expires:  time.Date(2026, 1, 2, 3, 34, 5, int(1*time.Millisecond), time.UTC),
		User:     `ada "Countess" Løvelace`,
		Values:   valuesOf(t, `{"cart":{"items":[1,2]},"note":"<b>&</b> \"}","grün":null}`),
	}
}

// The stored format is a contract with records that are out there and with
// the stores' scripts. When this test fails, change the code, not the file.
func TestRecordFormat(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	golden = bytes.TrimSuffix(golden, []byte("\n"))
	want := goldenRecord(t)
	if got := want.AppendJSON(nil); !bytes.Equal(got, golden) {
		t.Errorf("AppendJSON gives\n%s, want\n%s", got, golden)
	}
	got, err := driver.ParseRecord(string(golden))
	if err != nil {
		t.Fatal(err)
	}
	wantRecord(t, got, want)
}

// wantRecord compares times as moments and everything else as it is.
func wantRecord(t testing.TB, got, want *driver.Record) {
	t.Helper()
	if got.Revision != want.Revision || got.User != want.User || got.Values != want.Values ||
		!got.Created.Equal(want.Created) || !got.Deadline.Equal(want.Deadline) || !got.Expires.Equal(want.Expires) {
		t.Errorf("got  %s,\nwant %s", got.AppendJSON(nil), want.AppendJSON(nil))
	}
}

func TestRecordLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	r := goldenRecord(t)
	r.User, r.Values = "", driver.Values{}
	text := string(r.AppendJSON(nil))
	if strings.Contains(text, `"user"`) || !strings.HasSuffix(text, `,"data":{}}`) {
		t.Errorf("got %s", text)
	}
	got, err := driver.ParseRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	wantRecord(t, got, r)
}

// Stores overwrite the expiry in place.
func TestRecordExpiryHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, expires := range []time.Time{
		time.Unix(0, 0),
		time.UnixMilli(1),
		time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), // where synctest begins
		time.Date(2001, 9, 9, 1, 46, 39, int(999*time.Millisecond), time.UTC),
		time.Date(2001, 9, 9, 1, 46, 40, 0, time.UTC),
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		time.UnixMilli(9_999_999_999_999),
	} {
		for _, revision := range []uint64{1, 12345, math.MaxUint64} {
			r := goldenRecord(t)
			r.Revision, r.Expires = revision, expires
			text := string(r.AppendJSON(nil))
			prefix := `{"rev":` + strconv.FormatUint(revision, 10) + `,"exp":`
			rest, ok := strings.CutPrefix(text, prefix)
			if !ok || len(rest) < 14 || rest[13] != ',' {
				t.Fatalf("expires is not 13 characters behind %s: %s", prefix, text)
			}
			millis := strings.TrimLeft(rest[:13], " ")
			if want := strconv.FormatInt(expires.UnixMilli(), 10); millis != want {
				t.Errorf("expires is %q, want %q", millis, want)
			}
			if !json.Valid([]byte(text)) {
				t.Errorf("not JSON: %s", text)
			}
			got, err := driver.ParseRecord(text)
			if err != nil {
				t.Fatal(err)
			}
			wantRecord(t, got, r)
		}
	}
}

func TestRecordTimesAreClamped(t *testing.T) {
	t.Parallel()
	last := time.UnixMilli(9_999_999_999_999)
	tests := map[string]struct{ in, want time.Time }{
		"nanoseconds are cut":   {time.UnixMilli(1_700_000_000_123).Add(999_999), time.UnixMilli(1_700_000_000_123)},
		"a zone makes no odds":  {time.UnixMilli(1_700_000_000_123).In(time.FixedZone("", -3600)), time.UnixMilli(1_700_000_000_123)},
		"the last moment":       {last, last},
		"after the last moment": {last.Add(time.Millisecond), last},
		"the year 9999":         {time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), last},
		"the longest duration":  {time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(math.MaxInt64), last},
		"before 1970":           {time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), time.UnixMilli(0)},
		"the zero time":         {time.Time{}, time.UnixMilli(0)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &driver.Record{Revision: 1, Created: test.in, Deadline: test.in, Expires: test.in}
			got, err := driver.ParseRecord(string(r.AppendJSON(nil)))
			if err != nil {
				t.Fatal(err)
			}
			wantRecord(t, got, &driver.Record{Revision: 1, Created: test.want, Deadline: test.want, Expires: test.want})
		})
	}
}

func TestParseRecordIsTolerant(t *testing.T) {
	t.Parallel()
	want := &driver.Record{
		Revision: 7, User: "ada", Values: valuesOf(t, `{"a":1}`),
		Created: time.UnixMilli(1000), Deadline: time.UnixMilli(3000), Expires: time.UnixMilli(2000),
	}
	for name, text := range map[string]string{
		"another order":   `{"data":{"a":1},"user":"ada","iat":1000,"end":3000,"exp":2000,"rev":7}`,
		"unknown members": `{"rev":7,"v":2,"exp":2000,"x":{"rev":9,"user":"eve"},"end":3000,"iat":1000,"y":[null],"user":"ada","data":{"a":1}}`,
		"white space":     "\n{ \"rev\" : 7 ,\t\"exp\":   2000, \"end\":3000,\r\n\"iat\":1000,\"user\":\"ada\",\"data\": {\"a\":1} }\n",
		"escaped user":    `{"rev":7,"exp":2000,"end":3000,"iat":1000,"user":"\u0061d\u0061","data":{"a":1}}`,
	} {
		got, err := driver.ParseRecord(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Run(name, func(t *testing.T) { wantRecord(t, got, want) })
	}
	got, err := driver.ParseRecord(`{"rev":7,"exp":2000,"end":3000,"iat":1000}`)
	if err != nil {
		t.Fatal(err)
	}
	want.User, want.Values = "", driver.Values{}
	wantRecord(t, got, want)
}

func TestParseRecordRejects(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "null", "[]", "{}", "0", "record", "\x00\x00\x00", `{"rev":1,"exp":`,
		`{"rev":0,"exp":2,"end":3,"iat":1}`,
		`{"rev":-1,"exp":2,"end":3,"iat":1}`,
		`{"rev":1.5,"exp":2,"end":3,"iat":1}`,
		`{"rev":"1","exp":2,"end":3,"iat":1}`,
		`{"rev":null,"exp":2,"end":3,"iat":1}`,
		`{"rev":18446744073709551616,"exp":2,"end":3,"iat":1}`,
		`{"exp":2,"end":3,"iat":1}`,
		`{"rev":1,"end":3,"iat":1}`,
		`{"rev":1,"exp":2,"iat":1}`,
		`{"rev":1,"exp":2,"end":3}`,
		`{"rev":1,"exp":"2","end":3,"iat":1}`,
		`{"rev":1,"exp":2e3,"end":3,"iat":1}`,
		`{"rev":1,"exp":99999999999999999999,"end":3,"iat":1}`,
		`{"rev":1,"exp":2,"end":{},"iat":1}`,
		`{"rev":1,"exp":2,"end":3,"iat":true}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"user":7}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"user":null}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"data":[]}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"data":"{}"}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"data":{"a"}}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"data":{}`,
		`{"rev":1,"exp":2,"end":3,"iat":1,"data":{}}}`,
		`{"rev":1,"exp":2,"end":3,"iat":1} {}`,
	} {
		if r, err := driver.ParseRecord(text); err == nil {
			t.Errorf("ParseRecord(%s) gives %s", text, r.AppendJSON(nil))
		}
	}
}

func TestRecordAppendsToWhatIsThere(t *testing.T) {
	t.Parallel()
	r := goldenRecord(t)
	if got, want := string(r.AppendJSON([]byte("x "))), "x "+string(r.AppendJSON(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRecordClone(t *testing.T) {
	t.Parallel()
	r := goldenRecord(t)
	c := r.Clone()
	c.Revision, c.User, c.Values = 1, "eve", without(c.Values, "cart")
	wantRecord(t, r, goldenRecord(t))
}
