package beside

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// streamed: server-sent events; what is changed behind the first one is saved.
func streamed(s *site) {
	v := s.visitor()
	a := v.get("/stream")
	if a.refused() {
		s.refuses(fmt.Sprintf("%s for server-sent events", a))
		return
	}
	id := v.who()
	if id.visits != 2 || !strings.Contains(a.body, id.name) {
		s.Fatalf("LOST: after a stream the app knows %+v; it was %q", id, a.body)
	}
}

// upgraded: a websocket's session is begun before the connection is taken over, and
// saved again while it is open.
func upgraded(s *site) {
	var without []string
	defer func() {
		if len(without) > 0 && len(without) == len(s.sockets) {
			s.refuses("no websockets")
			return
		}
		for _, kind := range without {
			s.refuses("no websockets of " + kind)
		}
	}()
	for _, kind := range s.sockets {
		if kind == s.hangs {
			without = append(without, kind)
			continue
		}
		path := "/socket/" + kind
		v := s.visitor()
		ctx, cancel := context.WithTimeout(s.Context(), v.client.Timeout)
		defer cancel()
		opts := &websocket.DialOptions{HTTPClient: v.client, HTTPHeader: http.Header{}, Host: host}
		if v.visit != nil {
			v.visit(&http.Request{Header: opts.HTTPHeader})
		}
		conn, res, err := websocket.Dial(ctx, s.url+path, opts)
		if res != nil && res.StatusCode == http.StatusNotFound {
			continue // not for this router
		}
		if err != nil {
			without = append(without, kind)
			continue
		}
		_, name, err := conn.Read(ctx)
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, []byte("again"))
		}
		if err == nil {
			var told []byte
			if _, told, err = conn.Read(ctx); err == nil && string(told) != "saved" {
				err = errors.New(string(told))
			}
		}
		conn.CloseNow()
		if err != nil {
			s.Fatalf("%s: %v", path, err)
			continue
		}
		v.want(path, string(name), 2)
	}
}
