package session

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/extractors"
	"github.com/gofiber/utils/v2"
	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/session"
)

// places lists where a request may have its token; the name is the kit's for the
// cookie. It panics for a place that the kit's tokens do not belong into.
func places(of extractors.Extractor) (list []extractors.Extractor, name string) {
	if list = of.Chain; len(list) == 0 {
		list = []extractors.Extractor{of}
	}
	for _, e := range list {
		switch {
		case e.Key == "" || len(e.Chain) > 0 || e.Source != extractors.SourceCookie && e.Source != extractors.SourceHeader:
			panic(fmt.Sprintf("[session] Extractor: the source %d (%q) cannot have a session's token, which is in a cookie or a header of its own: use extractors.FromCookie, FromHeader or a Chain of these", e.Source, e.Key))
		case e.Source == extractors.SourceCookie && name == "":
			name = e.Key
		}
	}
	if name == "" {
		name = list[0].Key
	}
	return list, name
}

// incoming tells where the request has its token: the first place with one, where
// the answer's goes too. Without one it goes to all. What it reads is copied:
// fasthttp uses the memory again.
func (s *Store) incoming(c fiber.Ctx, name string) (in session.Incoming, from []extractors.Extractor) {
	h := &c.Request().Header
	in = session.Incoming{
		TLS:            c.RequestCtx().IsTLS(),
		ForwardedProto: string(h.Peek(fiber.HeaderXForwardedProto)),
	}
	in.Fetched(c.Method(), "", string(h.Peek("Sec-Purpose")), string(h.Peek("Purpose")), string(h.Peek("X-Moz")))
	for i, place := range s.places {
		value, err := place.Extract(c)
		if err != nil || value == "" {
			continue
		}
		if from = s.places[i : i+1]; place.Source != extractors.SourceCookie || place.Key != s.name {
			in.Cookies = []string{name + "=" + value}
			return in, from
		}
		break
	}
	for _, line := range h.PeekAll(fiber.HeaderCookie) {
		in.Cookies = append(in.Cookies, string(line))
	}
	if from == nil {
		from = s.places
	}
	return in, from
}

// set has the answer tell the browser the token. A cookie that the browser has, and
// that ends when the session does, is not set again.
func (s *Session) set() {
	kits := s.bag.Session()
	own := kits.Cookie()
	if own == nil || s.ctx == nil {
		return
	}
	due := kits.CookieDue() || !kits.Expires().Equal(s.expires)
	kits.CookieSent()
	s.expires = kits.Expires()
	for _, place := range s.places {
		if place.Source == extractors.SourceHeader {
			s.ctx.Response().Header.Set(place.Key, own.Value)
			continue
		}
		if !due {
			continue
		}
		var left time.Duration
		if !s.store.CookieSessionOnly {
			left = max(time.Until(s.expires), time.Second)
		}
		s.setCookie(place.Key, own.Value, left)
	}
}

// remove has the browser forget its token.
func (s *Session) remove() {
	if s.ctx == nil {
		return
	}
	for _, place := range s.places {
		if place.Source == extractors.SourceHeader {
			s.ctx.Request().Header.Del(place.Key)
			s.ctx.Response().Header.Del(place.Key)
			continue
		}
		s.ctx.Request().Header.DelCookie(place.Key)
		s.setCookie(place.Key, "", -time.Minute)
	}
}

// setCookie sets a cookie that ends in left, 0: when the browser is closed, in the
// place of an earlier one. Shared caches do not keep the answer with it.
func (s *Session) setCookie(name, value string, left time.Duration) {
	cfg := &s.store.Config
	cookie := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(cookie)
	cookie.SetKey(name)
	cookie.SetValue(value)
	cookie.SetPath(cfg.CookiePath)
	cookie.SetDomain(cfg.CookieDomain)
	cookie.SetSecure(cfg.CookieSecure)
	cookie.SetHTTPOnly(cfg.CookieHTTPOnly)
	switch {
	case utils.EqualFold(cfg.CookieSameSite, fiber.CookieSameSiteStrictMode):
		cookie.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	case utils.EqualFold(cfg.CookieSameSite, fiber.CookieSameSiteNoneMode):
		cookie.SetSameSite(fasthttp.CookieSameSiteNoneMode)
		cookie.SetSecure(true) // browsers take it with Secure alone
	default:
		cookie.SetSameSite(fasthttp.CookieSameSiteLaxMode)
	}
	switch {
	case left > 0:
		cookie.SetMaxAge(int((left + time.Second - 1) / time.Second))
		cookie.SetExpire(time.Now().Add(left))
	case left < 0:
		cookie.SetMaxAge(-1)
		cookie.SetExpire(time.Now().Add(left))
	}
	s.ctx.Response().Header.SetCookie(cookie)
	s.ctx.Vary(fiber.HeaderCookie)
	if len(s.ctx.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		s.ctx.Set(fiber.HeaderCacheControl, `no-cache="Set-Cookie"`)
	}
}
