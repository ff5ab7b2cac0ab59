package fasthttpsession

import (
	"context"
	"iter"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/session"
)

// Visit is an exchange and what it knows of its request, in one allocation.
type Visit struct {
	session.Exchange
	cookie [1]string
}

// Begin begins the exchange of the request, whose context so far is ctx. It
// reports false where ctx has one of the manager's already: the middleware is
// applied twice, and the outer one does the work.
func (v *Visit) Begin(ctx context.Context, sessions *session.Manager, rc *fasthttp.RequestCtx) bool {
	if sessions.Diagnostics().Watches() {
		sessions.Diagnostics().Watch(rc.RemoteAddr().String(), string(rc.Host()), headerNames(rc))
	}
	if v.Exchange.Begin(ctx, sessions, v.incoming(rc)) != nil {
		return false
	}
	rc.SetUserValue(session.ContextKey, &v.Exchange)
	return true
}

// incoming copies what it reads: fasthttp uses the memory again for the next
// request, and in this one for whoever looks at a header.
func (v *Visit) incoming(rc *fasthttp.RequestCtx) session.Incoming {
	h := &rc.Request.Header
	in := session.Incoming{Cookies: v.cookie[:0], TLS: rc.IsTLS(), ForwardedProto: string(h.Peek(fasthttp.HeaderXForwardedProto))}
	method := string(h.Method())
	in.CrossSite = session.CrossSite(method, string(h.Peek(fetchSite)))
	in.Unseen = session.Unseen(method, string(h.Peek("Sec-Purpose")), string(h.Peek("Purpose")), string(h.Peek("X-Moz")))
	for _, line := range h.PeekAll(fasthttp.HeaderCookie) {
		in.Cookies = append(in.Cookies, string(line))
	}
	return in
}

const fetchSite = "Sec-Fetch-Site"

func headerNames(rc *fasthttp.RequestCtx) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range rc.Request.Header.PeekKeys() {
			if !yield(string(name)) {
				return
			}
		}
	}
}

// Session returns the request's session. Where its context was replaced by one
// that has lost it, kept is a context that has it again.
func Session(ctx context.Context, rc *fasthttp.RequestCtx) (s *session.Session, kept context.Context, err error) {
	s, err = session.From(ctx)
	if err != session.ErrNoMiddleware {
		return s, nil, err
	}
	if x := exchange(rc); x != nil {
		kept = context.WithValue(ctx, session.ContextKey, x)
		s, err = x.Session(kept)
	}
	return s, kept, err
}

// Asked reports whether the request has asked for its session.
func Asked(rc *fasthttp.RequestCtx) bool { return exchange(rc).Asked() }

func exchange(rc *fasthttp.RequestCtx) *session.Exchange {
	x, _ := rc.UserValue(session.ContextKey).(*session.Exchange)
	return x
}

// Apply puts into an answer what the session needs in its headers.
func Apply(answer *fasthttp.Response, out session.Outgoing) {
	h := &answer.Header
	switch old := h.Peek(fasthttp.HeaderVary); {
	case !out.Vary || httpsession.NamesCookie(string(old)):
	case len(old) == 0:
		h.Set(fasthttp.HeaderVary, fasthttp.HeaderCookie)
	default:
		h.Set(fasthttp.HeaderVary, string(old)+", "+fasthttp.HeaderCookie)
	}
	if out.SetCookie != "" {
		h.Add(fasthttp.HeaderSetCookie, out.SetCookie)
	}
	if out.Forget != "" {
		h.Add(fasthttp.HeaderSetCookie, out.Forget)
	}
	if out.NoStore {
		h.Set(fasthttp.HeaderCacheControl, "no-store")
	}
}
