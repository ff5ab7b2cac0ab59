package session_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/event"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/internal/visitor"
	"github.com/gosessionkit/sessionkit/core/session"
)

func newRequest(method, path string) *http.Request { return httptest.NewRequest(method, path, nil) }

// logIn is a browser on which user logs in.
func logIn(sessions *session.Manager, user, label string) (id session.ID) {
	visitor.New(sessions).Request(func(ctx context.Context) error {
		if err := auth.Login(ctx, user, auth.Label(label)); err != nil {
			return err
		}
		s, err := session.From(ctx)
		id = s.ID()
		return err
	})
	return id
}

// The app's own logger gets what the manager logs.
func ExampleWithLogger() {
	some := func(_ []string, a slog.Attr) slog.Attr { // so that the output is the same each time
		switch a.Key {
		case slog.MessageKey, "app", "reason":
			return a
		}
		return slog.Attr{}
	}
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: some}))
	sessions := visitor.Sessions(session.WithLogger(log.With("app", "shop")))
	defer sessions.Close()
	app := httpsession.Middleware(sessions)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		session.From(r.Context())
	}))
	r := newRequest("GET", "/")
	r.AddCookie(&http.Cookie{Name: "session", Value: "made up"})
	visitor.New(sessions).Send(app, r)
	// Output: msg="session: cookie not accepted" app=shop reason=malformed
}

// A test moves the clock of the manager. The store has one of its own:
// testing/synctest moves both.
func ExampleWithClock() {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	sessions := visitor.Sessions(session.WithClock(func() time.Time { return now }))
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error {
		fmt.Println(s.Created().UTC().Format(time.DateTime))
		fmt.Println(s.Deadline().UTC().Format(time.DateTime))
		return nil
	})
	// Output:
	// 2026-11-27 12:00:00
	// 2026-11-28 12:00:00
}

// BinaryCodec makes a codec of a format that is not JSON. Here values are stored
// as gob; msgpack and protobuf work the same way.
func ExampleBinaryCodec() {
	marshal := func(v any) ([]byte, error) {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(v)
		return b.Bytes(), err
	}
	unmarshal := func(data []byte, v any) error {
		return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
	}
	sessions := visitor.Sessions(session.WithCodec(session.BinaryCodec(marshal, unmarshal)))
	defer sessions.Close()
	ada := visitor.New(sessions)
	ada.Visit(func(s *session.Session) error { return session.Set(s, "since", 1500*time.Millisecond) })
	ada.Visit(func(s *session.Session) error {
		since, err := session.Get[time.Duration](s, "since")
		fmt.Println(since)
		return err
	})
	// Output: 1.5s
}

// strictJSON refuses fields that the type does not have.
type strictJSON struct{ session.Codec }

func (strictJSON) Unmarshal(raw json.RawMessage, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// A codec of the app's own has two methods. This one takes Marshal from the
// default codec.
func ExampleWithCodec() {
	codec := strictJSON{session.JSON}
	sessions := visitor.Sessions(session.WithCodec(codec))
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		if err := session.Set(s, "user", map[string]string{"name": "Ada", "shoe": "39"}); err != nil {
			return err
		}
		_, err := session.Get[struct{ Name string }](s, "user")
		wrong, ok := errors.AsType[*session.TypeError](err)
		fmt.Println(ok, wrong.Key, wrong.Err)
		return nil
	})
	// Output: true user json: unknown field "shoe"
}

// Each error of the kit has a status code for the answer.
func ExampleHTTPStatus() {
	for _, err := range []error{
		session.ErrUnavailable, session.ErrStoreFull, session.ErrClosed, session.ErrContended,
		session.ErrGone, session.ErrDestroyed,
		session.ErrTooLarge,
		session.ErrInvalidLabel,
		auth.ErrNotLoggedIn,
		session.ErrHeadersSent, session.ErrInvalidKey, session.ErrNoUserIndex, session.ErrNoListing,
		context.Canceled,
		errors.New("an error of the app's own"),
	} {
		fmt.Println(session.HTTPStatus(err), err)
	}
	// Output:
	// 503 session: store unavailable
	// 503 session: store is full
	// 503 session: closed
	// 503 session: too many conflicting changes at once, gave up
	// 409 session: gone: it ended while this request was running
	// 409 session: destroyed earlier in this request
	// 413 session: record too large
	// 400 session: invalid label of a login
	// 401 auth: nobody is logged in
	// 500 session: response headers were already sent, the cookie cannot be set any more
	// 500 session: invalid key
	// 500 session: this store keeps no index of users
	// 500 session: this store cannot list its sessions
	// 499 context canceled
	// 500 an error of the app's own
}

// StatusText knows 499 too, which is for the log alone: the browser has left.
func ExampleStatusText() {
	fmt.Println(session.StatusText(404), session.StatusText(499))
	// Output: Not Found Client Closed Request
}

// A TypeError names the key, and the part of the value, that cannot be stored.
func ExampleTypeError() {
	type Item struct {
		Name string
		Done chan bool
	}
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		err := session.Set(s, "items", []Item{{Name: "tea"}})
		if wrong, ok := errors.AsType[*session.TypeError](err); ok {
			fmt.Println(wrong.Op, wrong.Key, wrong.Path)
		}
		return nil
	})
	// Output: encode items items[0].Done
}

// Every function and method returns an error rather than panic. Only a function
// given to Update may panic, and middleware that recovers can tell.
func ExampleUpdatePanic() {
	report := func(recovered any) {
		err, _ := recovered.(error)
		if panicked, ok := errors.AsType[*session.UpdatePanic](err); ok { // in the goroutine of another request
			fmt.Println(panicked.Value, string(panicked.Stack))
			return
		}
		fmt.Println(recovered)
	}
	sessions := visitor.Sessions()
	defer sessions.Close()
	visitor.New(sessions).Visit(func(s *session.Session) error {
		defer func() { report(recover()) }()
		_, err := session.Update(s, "visits", func(n int) (int, error) { panic("no such visitor") })
		return err
	})
	// Output: no such visitor
}

// Limits that no setting moves.
func Example_limits() {
	fmt.Println("keys of a session:", session.MaxKeys)
	fmt.Println("bytes of a key:", session.MaxKeyLength)
	fmt.Println("flash messages that wait:", session.MaxFlashes)
	fmt.Println("bytes of a login's label:", 128)
	fmt.Println("cookies of the session's name in a request:", session.MaxCookies)
	fmt.Println("bytes of a request's cookies:", session.MaxCookieHeader)
	// Output:
	// keys of a session: 1000
	// bytes of a key: 256
	// flash messages that wait: 50
	// bytes of a login's label: 128
	// cookies of the session's name in a request: 50
	// bytes of a request's cookies: 262144
}

// Who hears of what happens to sessions.
func ExampleWithObserver() {
	sessions := visitor.Sessions(session.WithObserver(func(_ context.Context, e event.Event) {
		if e.Kind == event.LoggedIn {
			fmt.Println(e.User, "has", e.Kind)
		}
	}))
	defer sessions.Close()
	logIn(sessions, "ada", "")
	// Output: ada has logged in
}
