package beside

import (
	"context"
	"fmt"
	"sync"

	"github.com/gosessionkit/sessionkit/core/adaptertest"
	"github.com/gosessionkit/sessionkit/core/auth"
)

// ending is the context of a request whose time is up when the handler says so.
type ending struct {
	context.Context
	done chan struct{}
	end  func()
}

type endingKey struct{}

func newEnding(ctx context.Context) *ending {
	e := &ending{Context: ctx, done: make(chan struct{})}
	e.end = sync.OnceFunc(func() { close(e.done) })
	return e
}

func (e *ending) Done() <-chan struct{} { return e.done }

func (e *ending) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func (e *ending) Value(key any) any {
	if key == (endingKey{}) {
		return e
	}
	return e.Context.Value(key)
}

// cutOff: a handler that is cut off has saved what it did, or it and the visitor
// hear that it has not.
func cutOff(s *site) {
	if s.hasty == nil {
		return
	}
	for _, login := range []bool{false, true} {
		v := s.visitor()
		v.get("/visit/short")
		before := v.who()
		answered, heard := make(chan struct{}), make(chan error, 1)
		app := s.app
		app.Routes = []adaptertest.Route{{Method: "GET", Path: "/late", Handle: func(x adaptertest.Exchange) error {
			err := late(x, login, func() {
				if s.goesOn {
					<-answered
				}
			})
			heard <- err
			return err
		}}}
		calm := s.url
		s.url = s.hasty(s.TB, app, s.at)
		a := v.get("/late")
		s.url = calm
		close(answered)
		err := <-heard
		after := v.who()
		switch {
		case login && after.user != "ada" && a.refused():
			s.refuses(fmt.Sprintf("%s to a login that takes too long, and the visitor has to log in again", a))
		case login && after.user != "ada":
			s.Fatalf("LOST: status %d to a login, and the app knows %+v", a.status, after)
		case after.name != before.name:
			s.Fatalf("LOST: the app knows %+v, before %+v", after, before)
		case err == nil && after.visits != before.visits+1:
			s.Fatalf("LOST: the handler was told that all is well, and the app knows %+v, before %+v", after, before)
		case err != nil && !a.refused():
			s.Fatalf("status %d, and the handler was told %v", a.status, err)
		}
	}
}

// late changes its session until its time is up, and once more behind that.
func late(x adaptertest.Exchange, login bool, goOn func()) error {
	s, err := x.Session()
	if err != nil {
		return err
	}
	ctx := x.Context() // x may be of another request behind the answer
	if login {
		if err := auth.Login(ctx, "ada"); err != nil {
			return err
		}
	}
	ctx.Value(endingKey{}).(*ending).end()
	<-ctx.Done()
	goOn()
	if _, err := visit(s); err != nil {
		return err
	}
	return s.Commit(ctx)
}
