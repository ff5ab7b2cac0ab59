package httpsession

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/internal/kiterror"
	"github.com/gosessionkit/sessionkit/core/internal/opaque"
	"github.com/gosessionkit/sessionkit/core/session"
)

// ErrNotSaved is what a handler gets for its writes after the session could
// not be saved: the answer is an error already, and the handler's body is
// dropped.
var ErrNotSaved error = &kiterror.Error{Status: http.StatusServiceUnavailable, Text: "httpsession: the session could not be saved, the answer was replaced by an error"}

// ErrorHandler answers a request whose session could not be saved, or whose
// [HandlerFunc] returned an error. Nothing has been written yet, and headers that
// describe the handler's body are gone.
type ErrorHandler func(w http.ResponseWriter, r *http.Request, err error)

// Error answers with the status that err calls for ([session.HTTPStatus]) and
// its standard text. It says nothing about the cause, which is in the log: Error
// puts it there when the status is 500. A session that is asked for too early is
// told with the line to move outside production, and to whoever has the debug token.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	if r != nil {
		switch session.HTTPStatus(err) {
		case http.StatusInternalServerError:
			http.Error(w, session.Fault(r.Context(), route(r), r.Header.Get("Authorization"), err), http.StatusInternalServerError)
			return
		case http.StatusUnauthorized:
			Challenge(w.Header().Set, r.Context(), err)
		}
	}
	answer(w, err)
}

// Challenge calls set with the header WWW-Authenticate and what
// [session.Exchange.Challenge] wants in it, if that is anything and err says that
// nobody is logged in, or not lately enough (RFC 9470, section 3). It is for adapters,
// and for an app that makes such an answer itself:
//
//	httpsession.Challenge(w.Header().Set, r.Context(), err)
func Challenge(set func(name, value string), ctx context.Context, err error) {
	if !auth.IsDenied(err) {
		return
	}
	x, _ := ctx.Value(session.ContextKey).(*session.Exchange)
	if challenge := x.Challenge(); challenge != "" {
		if stale, ok := errors.AsType[*auth.NotFreshError](err); ok {
			challenge += fmt.Sprintf(`, error="insufficient_user_authentication", max_age="%d"`, int64(max(stale.MaxAge, 0)/time.Second))
		}
		set("WWW-Authenticate", challenge)
	}
}

func answer(w http.ResponseWriter, err error) {
	status := session.HTTPStatus(err)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, session.StatusText(status), status)
}

// Writer commits a session before the first byte of the answer, its headers,
// leaves. It is for adapters; [Begin] makes it.
type Writer struct {
	inside
	http.ResponseWriter
	// Context is what the router knows the request by, for the function that
	// answers when the session cannot be saved.
	Context any

	*visit
	fail      func(w *Writer, err error)
	err       error
	committed bool
}

// inside keeps what embeds it out of prints.
type inside = opaque.Inside

// visit is a request, in the same allocation as its Writer and behind a pointer
// that fmt does not follow. That, and no locks, took a request that leaves its
// session alone from 645 to 566 ns.
type visit struct {
	request  http.Request
	exchange session.Exchange
	vary     [1]string
}

// visited is a writer, of one kind or another, and what it points to.
type visited[W any] struct {
	writer W
	visit  visit
}

// Begin opens the exchange of a request. It returns the request and the writer
// for the handler, and the same writer for the adapter, which calls
// [Writer.Commit] when the handler has returned; nil when a middleware outside
// does that already. The handler's writer is an http.Flusher, an http.Hijacker
// and, for HTTP/2, an http.Pusher where w is one. When the session cannot be saved
// fail answers on the ResponseWriter of the one it gets; nil answers as [Error]
// does.
func Begin(sessions *session.Manager, w http.ResponseWriter, r *http.Request, fail func(w *Writer, err error)) (http.ResponseWriter, *http.Request, *Writer) {
	return BeginContext(r.Context(), sessions, w, r, fail)
}

// BeginContext is [Begin] with ctx, which comes from the request's context, in its
// place.
func BeginContext(ctx context.Context, sessions *session.Manager, w http.ResponseWriter, r *http.Request, fail func(w *Writer, err error)) (http.ResponseWriter, *http.Request, *Writer) {
	if sessions.Diagnostics().Watches() {
		sessions.Diagnostics().Watch(r.RemoteAddr, r.Host, maps.Keys(r.Header))
	}
	handlers, ours := newWriter(w)
	if ours.exchange.Begin(ctx, sessions, Incoming(r)) != nil {
		return w, r, nil
	}
	ours.request = *r.WithContext(&ours.exchange)
	ours.fail = fail
	return handlers, &ours.request, ours
}

// Rewrap returns a new writer for the same exchange on top of below, and has w
// let everything through from now on: where another middleware has put its own
// writer in the place of w.
func (w *Writer) Rewrap(below http.ResponseWriter) (http.ResponseWriter, *Writer) {
	handlers, ours := newWriter(below)
	ours.visit, ours.fail, ours.Context = w.visit, w.fail, w.Context
	w.committed = true
	return handlers, ours
}

func newWriter(w http.ResponseWriter) (handlers http.ResponseWriter, ours *Writer) {
	_, flushes := w.(http.Flusher)
	hijacks := hijackable(w)
	_, pushes := w.(http.Pusher)
	var own *visit
	switch {
	case flushes && hijacks:
		fw := &visited[flushHijackWriter]{}
		handlers, ours, own = &fw.writer, &fw.writer.Writer, &fw.visit
	case flushes && pushes:
		pw := &visited[pushWriter]{}
		handlers, ours, own = &pw.writer, &pw.writer.Writer, &pw.visit
	case flushes:
		fw := &visited[flushWriter]{}
		handlers, ours, own = &fw.writer, &fw.writer.Writer, &fw.visit
	case hijacks:
		hw := &visited[hijackWriter]{}
		handlers, ours, own = &hw.writer, &hw.writer.Writer, &hw.visit
	default:
		w := &visited[Writer]{}
		handlers, ours, own = &w.writer, &w.writer, &w.visit
	}
	ours.ResponseWriter, ours.visit = w, own
	return handlers, ours
}

// Exchange is the one that w commits.
func (w *Writer) Exchange() *session.Exchange { return &w.exchange }

// ExchangeOf returns the exchange that a Writer commits, w or one below it, and
// nil when there is none.
func ExchangeOf(w http.ResponseWriter) *session.Exchange {
	for {
		switch above := w.(type) {
		case interface{ Exchange() *session.Exchange }:
			return above.Exchange()
		case interface{ Unwrap() http.ResponseWriter }:
			w = above.Unwrap()
		default:
			return nil
		}
	}
}

// Commit saves the session and completes the headers, unless that was done.
// When it fails the answer is an error, and Commit returns why every time.
func (w *Writer) Commit() error {
	if w.committed {
		return w.err
	}
	w.committed = true
	out, err := w.exchange.Commit()
	if !out.Vary && out.VaryOn == "" && err == nil { // nobody has asked; to compare it all takes 20 ns more
		return nil
	}
	h := w.ResponseWriter.Header()
	if err != nil {
		DropContent(h.Del)
	}
	w.apply(h, out)
	if err != nil {
		w.err = err
		if w.fail != nil {
			w.fail(w, err)
		} else {
			answer(w.ResponseWriter, err)
		}
	}
	return err
}

// Committed reports whether the answer has begun, so that Commit does nothing
// more.
func (w *Writer) Committed() bool { return w.committed }

// DropContent calls del with the headers that describe what a handler
// answered, and that must not go with an error instead. It is for adapters.
func DropContent(del func(name string)) {
	for _, name := range [...]string{"Content-Length", "Content-Type", "Content-Encoding", "Content-Range",
		"Content-Disposition", "Etag", "Last-Modified", "Location", "Cache-Control"} {
		del(name)
	}
}

// Varies reports whether a Vary header has the name, or everything, in it. It is for
// adapters.
func Varies(vary, name string) bool {
	for other := range strings.SplitSeq(vary, ",") {
		if other = strings.TrimSpace(other); other == "*" || strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

// varyOn adds names, by commas, to the Vary header where they are missing.
func (w *Writer) varyOn(h http.Header, names string) {
	if h["Vary"] == nil {
		w.vary[0] = names
		h["Vary"] = w.vary[:]
		return
	}
	for name := range strings.SplitSeq(names, ", ") {
		if !slices.ContainsFunc(h["Vary"], func(line string) bool { return Varies(line, name) }) {
			h["Vary"] = append(h["Vary"], name)
		}
	}
}

func (w *Writer) apply(h http.Header, out session.Outgoing) {
	if out.Vary {
		w.varyOn(h, "Cookie")
	}
	if out.VaryOn != "" {
		w.varyOn(h, out.VaryOn)
	}
	if out.TokenHeader != "" {
		h[out.TokenHeader] = []string{out.Token}
	}
	if out.SetCookie != "" {
		h["Set-Cookie"] = append(h["Set-Cookie"], out.SetCookie)
	}
	if out.Forget != "" {
		h["Set-Cookie"] = append(h["Set-Cookie"], out.Forget)
	}
	if out.NoStore {
		h["Cache-Control"] = []string{"no-store"}
	}
}

// WriteHeader implements [http.ResponseWriter]. Informational answers (1xx)
// are not the answer, so they commit nothing.
func (w *Writer) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if w.Commit() == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements [io.Writer].
func (w *Writer) Write(b []byte) (int, error) {
	if w.Commit() != nil {
		return 0, ErrNotSaved
	}
	return w.ResponseWriter.Write(b)
}

// WriteString implements [io.StringWriter].
func (w *Writer) WriteString(s string) (int, error) {
	if w.Commit() != nil {
		return 0, ErrNotSaved
	}
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom implements [io.ReaderFrom], which lets the kernel copy files.
func (w *Writer) ReadFrom(src io.Reader) (int64, error) {
	if w.Commit() != nil {
		return 0, ErrNotSaved
	}
	if to, ok := w.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{w.ResponseWriter}, src)
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// FlushError is how [http.ResponseController] flushes, whether or not the
// writer below is an http.Flusher itself.
func (w *Writer) FlushError() error {
	if w.Commit() != nil {
		return ErrNotSaved
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

type flushWriter struct{ Writer }

func (w *flushWriter) Flush() { w.FlushError() }

type pushWriter struct{ flushWriter }

func (w *pushWriter) Push(target string, opts *http.PushOptions) error {
	return w.ResponseWriter.(http.Pusher).Push(target, opts)
}
