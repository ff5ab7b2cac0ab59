package driver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// A record without details, as earlier versions wrote them, has been authenticated
// when it was created; one that was taken over never.
func TestAuthenticated(t *testing.T) {
	t.Parallel()
	later := goldenRecord(t).Created.Add(time.Hour)
	for name, c := range map[string]struct {
		details *driver.Details
		user    string
		want    time.Time
	}{
		"nobody":       {nil, "", time.Time{}},
		"by the login": {nil, "ada", goldenRecord(t).Created},
		"later":        {&driver.Details{Authenticated: later}, "ada", later},
		"never":        {&driver.Details{Authenticated: driver.Unauthenticated}, "ada", time.Time{}},
	} {
		r := goldenRecord(t)
		r.User, r.Details = c.user, c.details
		text := string(r.AppendJSON(nil))
		loaded, err := driver.ParseRecord(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*driver.Record{r, loaded} {
			if got := r.Authenticated(); !got.Equal(c.want) {
				t.Errorf("%s: %v, want %v, of %s", name, got, c.want, text)
			}
		}
		if (loaded.Details == nil) != (c.details == nil) {
			t.Errorf("%s: details are %+v", name, loaded.Details)
		}
	}
}

// What an earlier version reads is what it wrote: nothing is there that it would
// have to keep. What is broken is an error.
func TestDetailsInJSON(t *testing.T) {
	t.Parallel()
	r := goldenRecord(t)
	r.Details = &driver.Details{}
	if plain := goldenRecord(t).AppendJSON(nil); string(r.AppendJSON(nil)) != string(plain) {
		t.Errorf("empty details are stored: %s", r.AppendJSON(nil))
	}
	for _, broken := range []string{`"auth":"now"`, `"auth":{}`, `"from":7`, `"used":"now"`, `"ended":true`} {
		text := strings.Replace(string(goldenRecord(t).AppendJSON(nil)), `"data"`, broken+`,"data"`, 1)
		if _, err := driver.ParseRecord(text); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

// All members come back, and text that has to be escaped does too.
func TestDetailsAreReadAgain(t *testing.T) {
	t.Parallel()
	want := driver.Details{Authenticated: time.UnixMilli(1), From: `2001:db8::"1"`, Used: time.UnixMilli(2), Ended: "session-limit"}
	r := goldenRecord(t)
	r.Details = &want
	got, err := driver.ParseRecord(string(r.AppendJSON(nil)))
	if err != nil || got.Details == nil || *got.Details != want {
		t.Errorf("%+v, error %v", got.Detailed(), err)
	}
}

// Details are shared by records: what is changed is a copy.
func TestDetailed(t *testing.T) {
	t.Parallel()
	r := goldenRecord(t)
	r.Details = &driver.Details{Authenticated: r.Created}
	r.Detailed().Authenticated = time.Time{}
	if !r.Details.Authenticated.Equal(r.Created) {
		t.Error("the record was changed")
	}
}
