package beside

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

var kinds = slices.Sorted(maps.Keys(answers))

// want fails unless the app knows the visitor by this name and count.
func (v *visitor) want(after, name string, visits int) {
	v.Helper()
	got := v.who()
	if got.name != name || got.visits != visits {
		v.Fatalf("LOST: after %s the app knows %q with %d visits, want %q with %d", after, got.name, got.visits, name, visits)
	}
}

// saved: what a handler changes is there in the next request, however it answers.
func saved(s *site) {
	for _, kind := range kinds {
		v := s.visitor()
		path := "/visit/" + kind
		a := v.get(path)
		first := v.who()
		if kind == "error" && a.status != http.StatusTeapot { // the other middleware has spoilt the app's own answer
			s.refuses(fmt.Sprintf("%s for an error that a handler returns", a))
			if first.name == "" && a.status != 0 {
				s.refuses("a session that it began is lost with it")
			}
			continue
		}
		if a.refused() {
			s.refuses(fmt.Sprintf("%s to %s", a, kind))
			continue
		}
		if first.name == "" || first.visits != 1 {
			s.Fatalf("LOST: after the first %s the app knows %+v", path, first)
			continue
		}
		if kind != "short" && kind != "file" {
			continue
		}
		n := 1
		for _, how := range [][]string{
			{http.MethodGet},
			{http.MethodHead},
			{http.MethodGet, "Range", "bytes=2-5"},
			{http.MethodGet, "Range", "bytes=90000-"}, // 416
			{http.MethodGet, "If-None-Match", `"` + first.name + `"`},
			{http.MethodGet, "If-Modified-Since", "Fri, 27 Nov 2026 12:00:00 GMT", "Cache-Control", "no-cache"},
		} {
			a := v.ask(how[0], path, how[1:]...)
			if a.status == http.StatusMethodNotAllowed {
				continue
			}
			if a.refused() && a.status != http.StatusRequestedRangeNotSatisfiable {
				s.refuses(fmt.Sprintf("%s to %s of %s", a, strings.Join(how[:min(len(how), 2)], " with "), kind))
				continue
			}
			n++
			v.want(fmt.Sprint(how, path), first.name, n)
		}
	}
}

// loggedIn: a login and a logout hold, and what was there before a login stays.
func loggedIn(s *site) {
	v := s.visitor()
	v.get("/visit/short")
	before := v.who()
	if a := v.get("/login?user=ada"); a.refused() {
		s.refuses(fmt.Sprintf("%s to a login", a))
		return
	}
	if got := v.who(); got.user != "ada" || got.name != before.name {
		s.Fatalf("LOST: after a login the app knows %+v, before %+v", got, before)
	}
	old := *v
	v.get("/visit/long")
	v.want("a visit of a user", before.name, before.visits+1)
	if a := v.get("/logout"); a.refused() {
		s.refuses(fmt.Sprintf("%s to a logout", a))
		return
	}
	if got := old.who(); got.user != "" || got.name != "" {
		s.Fatalf("LEAK: after the logout the app knows %+v", got)
	}
}

// posted: a form, also one that asks for another method.
func posted(s *site) {
	for _, header := range []string{"", "X-HTTP-Method-Override"} {
		v := s.visitor()
		v.get("/visit/short")
		before := v.who()
		req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+"/visit/short", strings.NewReader("item=tea&note="+long))
		if err != nil {
			s.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		what := "a POST"
		if header != "" {
			req.Header.Set(header, http.MethodPut)
			what += " in place of a PUT"
		}
		switch a := v.send(req); {
		case a.status == http.StatusMethodNotAllowed: // there is no such route
			v.want(what, before.name, before.visits)
		case a.refused():
			s.refuses(fmt.Sprintf("%s to %s", a, what))
			v.want(what, before.name, before.visits)
		default:
			v.want(what, before.name, before.visits+1)
		}
	}
}

// preflight: what asks for CORS comes without cookies, and gets none.
func preflight(s *site) {
	v := s.visitor()
	v.get("/visit/short")
	before := v.who()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodOptions, s.url+"/visit/short", nil)
	if err != nil {
		s.Fatal(err)
	}
	stranger := s.visitor()
	req.Header.Set("Origin", "https://shop.example")
	req.Header.Set("Access-Control-Request-Method", http.MethodPost)
	if a := stranger.send(req); len(a.header.Values("Set-Cookie")) > 0 && strings.Contains(fmt.Sprint(a.header.Values("Set-Cookie")), "session=") {
		s.Fatalf("a preflight begins a session: %v", a.header)
	}
	if a := v.ask(http.MethodGet, "/visit/short", "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"); a.refused() {
		s.refuses(fmt.Sprintf("%s to a request from another origin", a))
		return
	}
	v.want("a request from another origin", before.name, before.visits+1)
}

// elsewhere: a path with a slash too many, one from before, and one that asks whether
// the app lives, lead to the page, to a redirect, to other middleware, or nowhere.
func elsewhere(s *site) {
	for _, path := range []string{"/visit/short/", "/old/visit/short", "/livez"} {
		v := s.visitor()
		v.get("/visit/short")
		before := v.who()
		a := v.get(path)
		want := before.visits
		if !a.refused() && a.header.Get(visited) != "" {
			want++
		}
		v.want(path, before.name, want)
	}
}
