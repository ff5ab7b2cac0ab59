package fasthttpsession

import "github.com/valyala/fasthttp"

// KeptByCache reports whether Fiber's cache, inside of the session's middleware, has
// kept the answer. It goes by the header that the cache sets, unless it was given
// another name.
func KeptByCache(answer *fasthttp.Response) bool {
	return string(answer.Header.Peek("X-Cache")) == "miss"
}
