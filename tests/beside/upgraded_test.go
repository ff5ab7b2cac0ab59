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
		path := "/socket/" + kind
		v := s.visitor()
		ctx, cancel := context.WithTimeout(s.Context(), v.client.Timeout)
		defer cancel()
		conn, res, err := s.visitor().dial(ctx, path+"?brief=yes")
		if res != nil && res.StatusCode == http.StatusNotFound {
			continue // not for this router
		}
		if err != nil {
			without = append(without, kind)
			continue
		}
		conn.CloseNow()
		if conn, _, err = v.dial(ctx, path); err != nil {
			s.Fatalf("%s: %v", path, err)
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

// brief ends the connection at once, whether the upgrade works or not: where other
// middleware keeps its answer to itself, or answers 101 to one that has failed, the
// visitor would wait for ever.
func brief(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	conn.CloseNow()
}

// dial opens a websocket.
func (v *visitor) dial(ctx context.Context, path string) (*websocket.Conn, *http.Response, error) {
	opts := &websocket.DialOptions{HTTPClient: v.client, HTTPHeader: http.Header{}, Host: host}
	if v.visit != nil {
		v.visit(&http.Request{Header: opts.HTTPHeader})
	}
	return websocket.Dial(ctx, v.url+path, opts)
}
