package session

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/internal/cookie"
	"github.com/gosessionkit/sessionkit/core/internal/gate"
	"github.com/gosessionkit/sessionkit/core/internal/guard"
)

// Exchange is one request and its answer as the kit sees them, and the
// context of that request, which carries it. An adapter begins it when the
// request comes in, has [Exchange.Commit] called before the answer's headers
// leave, and [Exchange.Finish] when all is over. App code has no use for it.
type Exchange struct {
	inside
	ctx     context.Context // of the request, without the exchange
	manager *Manager
	outer   *Exchange  // of another manager, opened before this one
	line    *[1]string // of the header that has the token, behind a pointer that fmt does not follow
	several *[]string  // the same, when there are several
	proto   string     // see Incoming
	tls     bool
	cross   bool  // see Incoming.CrossSite
	unseen  bool  // see Incoming.Unseen
	source  uint8 // of the token, see sources

	gate    gate.Gate // for the session and err
	session *Session
	err     error // why it could not be loaded: the store's failure, not a caller's impatience

	marks  atomic.Uint32 // sessions read them under their own lock
	waited atomic.Int64  // nanoseconds, for who observes
}

// The marks of an exchange. A request that never asks for its session pays for
// one compare-and-swap and takes no lock.
const (
	asked     uint32 = 1 << iota // for the session
	sent                         // the answer's headers
	destroyed                    // an earlier session of this request whose cookie the browser has
	unused                       // it is no use of the session, see WithoutTouch
	refused                      // the answer is an error, because saving has failed
)

func (x *Exchange) has(mark uint32) bool { return x.marks.Load()&mark != 0 }

// Deadline implements [context.Context].
func (x *Exchange) Deadline() (time.Time, bool) { return x.ctx.Deadline() }

// Done implements [context.Context].
func (x *Exchange) Done() <-chan struct{} { return x.ctx.Done() }

// Err implements [context.Context].
func (x *Exchange) Err() error { return x.ctx.Err() }

// Value implements [context.Context].
func (x *Exchange) Value(key any) any {
	if key == ContextKey {
		return x
	}
	return x.ctx.Value(key)
}

// Begin begins an exchange, which is zero until now: an adapter allocates it as a
// part of what it needs for the request anyway. It does no I/O, and reads nothing
// of the cookies, unless tokens may be in a header too. Where ctx carries one of this manager already Begin returns
// that one, and leaves x alone: whoever began it commits and finishes it.
func (x *Exchange) Begin(ctx context.Context, m *Manager, in Incoming) (already *Exchange) {
	outer, _ := ctx.Value(ContextKey).(*Exchange)
	if same := outer.of(m); same != nil {
		return same
	}
	lines := in.Cookies
	if m.sources.names != nil && in.Header != nil {
		var source int
		source, lines = m.choose(in)
		x.source = uint8(source)
	}
	switch len(lines) {
	case 0:
	case 1:
		x.line = (*[1]string)(lines)
	default:
		several := lines
		x.several = &several
	}
	x.proto, x.tls, x.cross, x.unseen = in.ForwardedProto, in.TLS, in.CrossSite, in.Unseen
	x.ctx, x.manager, x.outer = ctx, m, outer
	return nil
}

// in is what is known of the request but for its tokens.
func (x *Exchange) in() cookie.Request {
	return cookie.Request{TLS: x.tls, ForwardedProto: x.proto}
}

// of returns the exchange of the manager: x or one outside it.
func (x *Exchange) of(m *Manager) *Exchange {
	for ; x != nil; x = x.outer {
		if x.manager == m {
			return x
		}
	}
	return nil
}

// From returns the session of the request that ctx belongs to. The first
// call of a request reads it from the store; later ones return the same
// object without I/O. With several managers in use it is the innermost's:
// use [Manager.From] for the others'.
//
// A visitor without a valid cookie gets a new, empty session, which is
// stored and gets a cookie only when something is put into it. The errors
// are ErrNoMiddleware, ErrUnavailable when the store cannot be reached (unless
// --session-on-outage is anonymous: then an empty session that takes no
// changes, with the status "outage"), and ctx's own. Session and error are the
// same for the whole request, but for ctx's own: who asks next, with a context
// that is not done, reads it anew.
func From(ctx context.Context) (*Session, error) {
	if x, ok := ctx.Value(ContextKey).(*Exchange); ok {
		return x.Session(ctx)
	}
	diagnose.ReportCaller()
	return nil, ErrNoMiddleware
}

// From is the function [From] for this manager's session.
func (m *Manager) From(ctx context.Context) (*Session, error) {
	x, _ := ctx.Value(ContextKey).(*Exchange)
	if x = x.of(m); x != nil {
		return x.Session(ctx)
	}
	return nil, ErrNoMiddleware
}

// Session returns the exchange's session and reads it first if need be.
func (x *Exchange) Session(ctx context.Context) (*Session, error) {
	if !x.has(asked) {
		x.marks.Or(asked)
	}
	if err := x.gate.Enter(ctx); err != nil {
		return nil, err
	}
	defer x.gate.Leave()
	switch {
	case x.err != nil:
		return nil, x.err
	case x.session == nil:
		begin := x.clock()
		s, err := x.load(ctx)
		x.wait(begin)
		if err != nil && guard.IsImpatience(ctx, err) {
			return nil, err
		}
		if x.session, x.err = s, err; err != nil {
			x.failed()
		} else if x.manager.observers.Any() {
			s.tellLoaded()
		}
		return x.session, x.err
	case x.session.ended() == ErrDestroyed:
		if x.session.browserHasCookie() {
			x.marks.Or(destroyed)
		}
		x.session = x.begin(Status{State: StateNew, Reason: diagnose.ReasonNone})
	}
	return x.session, nil
}

// failed logs why the session could not be read, at most once a minute, and
// goes on without it where the configuration says so.
func (x *Exchange) failed() {
	m := x.manager
	if same, due := m.notRead.Due(m.now()); due {
		// Not with x: a log that looks up the session would wait for this call.
		m.log.LogAttrs(x.ctx, slog.LevelError, "session: not read", slog.Any("error", x.err), slog.String("policy", string(m.cfg.OnOutage)),
			slog.Uint64("same_not_logged", same))
	}
	if m.cfg.OnOutage == config.OutageAnonymous && errors.Is(x.err, ErrUnavailable) {
		x.session = x.begin(Status{State: StateOutage})
		x.session.readOnly, x.err = x.err, nil
	}
}

// Peek returns the session when the request has asked for it already, and
// nil otherwise. It does no I/O.
func (x *Exchange) Peek() *Session {
	x.gate.Enter((*detachedCtx)(x))
	defer x.gate.Leave()
	return x.session
}

// Commit saves the session if it was changed, and says what the answer's
// headers need. It is called once, before they leave. On an error the
// answer must be an error and nothing of what the handler wrote.
func (x *Exchange) Commit() (Outgoing, error) {
	if x.marks.CompareAndSwap(0, sent) { // nobody has asked; who does now comes too late for a cookie
		return Outgoing{}, nil
	}
	out, err := x.commit()
	x.tellAnswered()
	return out, err
}

// commit is Commit where somebody has asked for the session, or marked the request.
func (x *Exchange) commit() (Outgoing, error) {
	s := x.loaded()
	if s == nil {
		if x.has(asked) {
			return x.outgoing(), nil
		}
		return Outgoing{}, nil
	}
	out, err := x.save(s)
	if err != nil {
		x.marks.Or(refused)
		x.log("not saved", err)
	}
	return out, err
}

// loaded returns the session if somebody has asked for it. Who asks first
// after this comes too late for a cookie.
func (x *Exchange) loaded() *Session {
	x.gate.Enter((*detachedCtx)(x))
	defer x.gate.Leave()
	if x.session == nil {
		x.marks.Or(sent)
	}
	return x.session
}

func (x *Exchange) save(s *Session) (out Outgoing, err error) {
	out = x.outgoing()
	err = s.save()
	// After an error too: where the session was renewed before, the id that the
	// browser has is dead, and only this answer can bring it the new one.
	// A commit in another goroutine of the request either ends before this and
	// has its cookie set, or begins after it and is told that it is too late.
	s.saving.Enter((*detachedCtx)(x))
	defer s.saving.Leave()
	defer x.wait(x.clock())
	defer x.marks.Or(sent)
	line, dead := s.nextCookie()
	dead = dead || x.has(destroyed)
	if x.source != 0 {
		x.answerInHeader(&out, line, dead)
		return out, err
	}
	if out.SetCookie = line; line == "" && dead {
		out.SetCookie = x.manager.cookie.Remove(x.in(), x.manager.cookie.Name)
	}
	if dead {
		out.Forget = x.manager.removeFormer(x.lines(), x.in())
	}
	if out.SetCookie != "" {
		if c := &x.manager.cookie; c.SecureFor(x.in()) && !c.Encrypted(x.in()) {
			x.manager.monitor.SecureOverHTTP()
		}
		out.NoStore = !x.manager.cfg.Cookie.AllowCaching
	}
	return out, err
}

// Finish saves what was changed after the headers had left. A new session
// whose cookie the browser never got is not saved, which the log says. After a
// Commit that failed nothing is: the client was told so.
func (x *Exchange) Finish() error {
	if !x.has(asked) || x.has(refused) {
		return nil
	}
	s := x.Peek()
	if s == nil || !s.Modified() {
		return nil
	}
	err := s.Commit((*detachedCtx)(x))
	if err != nil {
		x.log("changes made after the response began are lost", err)
	}
	return err
}

func (x *Exchange) canSetCookie() bool { return !x.has(sent) }

// log says what came of a save: what every request meets while the store is
// dead at most once a minute.
func (x *Exchange) log(what string, err error) {
	level := slog.LevelError
	if errors.Is(err, ErrGone) {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("session", x.Peek().ID().Short()), slog.Any("error", err)}
	if m := x.manager; errors.Is(err, ErrUnavailable) || errors.Is(err, ErrStoreFull) {
		same, due := m.notSaved.Due(m.now())
		if !due {
			return
		}
		attrs = append(attrs, slog.Uint64("same_not_logged", same))
	}
	x.manager.log.LogAttrs(x.ctx, level, "session: "+what, attrs...)
}
