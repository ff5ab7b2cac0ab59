package beside

import (
	"strings"
)

// notSaved: when the store refuses, the answer is an error and nothing of what the
// handler wrote, and nothing that was there before is lost.
func notSaved(s *site) {
	known := s.visitor()
	known.get("/visit/short")
	before := known.who()
	s.store.full.Store(true)
	for _, path := range append(pathsOf(kinds), "/stream") {
		for _, v := range []*visitor{s.visitor(), known} {
			a := v.get(path)
			logged := strings.Contains(s.log.String(), "not saved") // once a minute
			switch {
			case a.refused() && !strings.Contains(a.body, before.name) && !strings.Contains(a.body, "all work"):
			case logged && a.body == "":
				s.refuses("a line in the log alone when it cannot be saved")
			default:
				s.Fatalf("LOST: %s could not be saved, and the answer is %d, %.100q; logged: %v", path, a.status, a.body, logged)
			}
			for _, c := range a.header.Values("Set-Cookie") {
				if strings.HasPrefix(c, "session=") {
					s.Fatalf("%s could not be saved, and sets %s", path, c)
				}
			}
		}
	}
	s.store.full.Store(false)
	known.want("a full store", before.name, before.visits)
}

func pathsOf(kinds []string) (paths []string) {
	for _, kind := range kinds {
		paths = append(paths, "/visit/"+kind)
	}
	return paths
}

// panicked: a panic saves all or nothing, and takes nothing away.
func panicked(s *site) {
	v := s.visitor()
	v.get("/panic")
	if id := v.who(); id.name != "" && id.visits != 1 {
		s.Fatalf("after a panic the app knows %+v", id)
	}
	v.get("/visit/short")
	before := v.who()
	v.client.CloseIdleConnections() // so that the request is not sent again
	v.get("/panic")
	after := v.who()
	if after.name != before.name || after.visits != before.visits && after.visits != before.visits+1 {
		s.Fatalf("LOST: after a panic the app knows %+v, before %+v", after, before)
	}
}
