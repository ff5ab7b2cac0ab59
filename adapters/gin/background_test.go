package ginsession_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	ginsession "github.com/gosessionkit/sessionkit/adapters/gin"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
)

// patience is how long anything may take that should happen at once.
const patience = time.Minute

// A copy of Gin's context has the session, while the request runs and behind the
// answer, when Gin has given its own to another request.
func TestCopy(t *testing.T) {
	t.Parallel()
	e := newGin(t, memstore.New(0))
	e.GET("/set", setRed)
	answered, done := make(chan struct{}), make(chan error, 1)
	e.GET("/copy", ginsession.Handler(func(c *gin.Context) error {
		background := c.Copy()
		if err := set(background, "blue"); err != nil { // with the answer
			return err
		}
		go func() {
			<-answered
			s, err := ginsession.Get(background)
			if err == nil {
				err = session.Set(s, "late", "yes")
			}
			if err == nil {
				err = s.Commit(context.WithoutCancel(background.Request.Context()))
			}
			done <- err
		}()
		return nil
	}))
	e.GET("/late", ginsession.Handler(func(c *gin.Context) error {
		s, err := ginsession.Get(c)
		if err != nil {
			return err
		}
		late, err := session.Get[string](s, "late")
		c.String(http.StatusOK, late)
		return err
	}))
	v := visit(t, e)
	v.want("/set", http.StatusOK, "")
	v.want("/copy", http.StatusOK, "")
	v.want("/value", http.StatusOK, "color blue")
	close(answered)
	if err := <-done; err == nil {
		v.want("/late", http.StatusOK, "yes")
	} else {
		t.Error(err)
	}
}

// A stream without an end ends when its session cannot be saved: the error leaves,
// and the client goes.
func TestEndlessStream(t *testing.T) {
	t.Parallel()
	store := memstore.New(0)
	e := newGin(t, store)
	ended := make(chan bool, 1)
	e.GET("/events", setRed, func(c *gin.Context) {
		ended <- c.Stream(func(io.Writer) bool {
			c.SSEvent("message", "tick")
			return true
		})
	})
	store.Close()
	v := visit(t, e)
	ctx, leave := context.WithTimeout(t.Context(), patience)
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len("Service Unavailable\n"))
	if _, err := io.ReadFull(res.Body, first); err != nil || res.StatusCode != http.StatusServiceUnavailable || string(first) != "Service Unavailable\n" {
		t.Errorf("status %d, %q, %v", res.StatusCode, first, err)
	}
	leave()
	select {
	case gone := <-ended:
		if !gone {
			t.Error("the stream ended by itself")
		}
	case <-time.After(patience):
		t.Error("the stream goes on")
	}
}

// http.TimeoutHandler around the app answers, and the handler goes on behind.
func TestTimeoutHandler(t *testing.T) {
	t.Parallel()
	slow := make(chan struct{})
	e := newGin(t, memstore.New(0))
	addWays(e)
	e.GET("/slow", ginsession.Handler(func(c *gin.Context) error {
		<-slow
		s, err := session.From(context.WithoutCancel(c.Request.Context())) // whose time is over
		if err != nil {
			return err
		}
		if err := session.Set(s, "color", "blue"); err != nil {
			return err
		}
		c.String(http.StatusOK, "too late")
		return nil
	}))
	for path, want := range ways {
		if path == "/flush" || path == "/stream" {
			continue // http.TimeoutHandler has no Flusher, nor a CloseNotifier
		}
		v := visit(t, http.TimeoutHandler(e, patience, "timeout"))
		v.want(path, want.status, want.body)
		v.want("/value", http.StatusOK, "color red")
	}
	own := visit(t, e)
	own.want("/json", http.StatusCreated, "")
	limited := visit(t, http.TimeoutHandler(e, time.Millisecond, "timeout"))
	limited.client.Jar = own.client.Jar // of the host, whatever its port
	limited.want("/slow", http.StatusServiceUnavailable, "timeout")
	close(slow)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, body, err := own.try("/value"); err != nil || body == "color blue" {
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Error("what the handler changed is lost")
}
