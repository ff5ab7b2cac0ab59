package fasthttpsession

import (
	"context"
	"iter"
	"net/http"
	"strings"

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
	if v.Exchange.Begin(ctx, sessions, v.incoming(rc, session.Incoming{}.TokenHeaders(sessions))) != nil {
		return false
	}
	rc.SetUserValue(session.ContextKey, &v.Exchange)
	return true
}

// incoming copies what it reads: fasthttp uses the memory again for the next
// request, and in this one for whoever looks at a header.
func (v *Visit) incoming(rc *fasthttp.RequestCtx, tokenHeaders []string) session.Incoming {
	h := &rc.Request.Header
	in := session.Incoming{Cookies: v.cookie[:0], TLS: rc.IsTLS(), ForwardedProto: string(h.Peek(fasthttp.HeaderXForwardedProto))}
	in.Fetched(string(h.Method()), string(h.Peek(fetchSite)), string(h.Peek("Sec-Purpose")), string(h.Peek("Purpose")), string(h.Peek("X-Moz")))
	for _, line := range h.PeekAll(fasthttp.HeaderCookie) {
		in.Cookies = append(in.Cookies, string(line))
	}
	in.Header = copied(h, tokenHeaders)
	return in
}

// copied returns the headers of the names, nil for no names. Fiber may have been
// told to leave the names as they came (DisableHeaderNormalizing).
func copied(h *fasthttp.RequestHeader, names []string) http.Header {
	if names == nil {
		return nil
	}
	copies := http.Header{}
	written := map[string]bool{}
	for _, key := range h.PeekKeys() { // each as often as it comes
		for _, name := range names {
			if strings.EqualFold(string(key), name) && !written[string(key)] {
				written[string(key)] = true
				for _, line := range h.PeekAll(string(key)) {
					copies[name] = append(copies[name], string(line))
				}
			}
		}
	}
	return copies
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
	if out.Vary {
		vary(h, fasthttp.HeaderCookie)
	}
	if out.VaryOn != "" {
		vary(h, out.VaryOn)
	}
	if out.TokenHeader != "" {
		h.Set(out.TokenHeader, out.Token)
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

// vary adds names, by commas, to the Vary header where they are missing.
func vary(h *fasthttp.ResponseHeader, names string) {
	all := string(h.Peek(fasthttp.HeaderVary))
	for name := range strings.SplitSeq(names, ", ") {
		switch {
		case all == "":
			all = name
		case !httpsession.Varies(all, name):
			all += ", " + name
		}
	}
	h.Set(fasthttp.HeaderVary, all)
}
