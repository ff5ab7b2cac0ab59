package beside

import "strings"

// others: visitors who ask for the same get pages and cookies of their own, as
// often as they ask.
func others(s *site) {
	for _, kind := range kinds {
		path := "/visit/" + kind
		var names []string
		visitors := []*visitor{s.visitor(), s.visitor()}
		etag := ""
		for round := range 2 {
			for i, v := range visitors {
				var headers []string
				if etag != "" {
					headers = []string{"If-None-Match", etag}
				}
				a := v.ask("GET", path, headers...)
				if a.refused() || kind == "error" && a.status != 418 {
					return // see saved
				}
				if a.status == 304 && round == 0 {
					s.Fatalf("LEAK: %s of somebody else is not modified", path)
				}
				id := v.who()
				if round == 0 {
					names = append(names, id.name)
				}
				for j, name := range names {
					switch {
					case name == "":
						s.Fatalf("LOST: %s begins no session", path)
					case j == i && id.name != name:
						s.Fatalf("LOST: %s: the visitor was %q, and is %q", path, name, id.name)
					case j != i && (id.name == name || strings.Contains(a.body, name)):
						s.Fatalf("LEAK: %s gives visitor %d what is of visitor %d: %.100q", path, i, j, a.body)
					}
				}
				if id.visits != round+1 {
					s.Fatalf("LOST: %s: %d visits, want %d", path, id.visits, round+1)
				}
				if round == 0 {
					etag = a.header.Get("Etag")
				}
			}
			etag = ""
		}
	}
}
