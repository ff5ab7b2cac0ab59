package doctor

import (
	"net/url"
	"strings"
	"testing"
)

// What browsers do with a cookie, by the rules of RFC 6265bis.
func TestDroppedCookies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, line, want string }{
		{"http://shop.example", "session=x; Path=/; HttpOnly; SameSite=Lax", ""},
		{"http://127.0.0.1:8080", "session=x; Path=/; HttpOnly; SameSite=Lax", ""},
		{"http://shop.example", "session=x; Path=/; Secure", "cookie-secure-http"},
		{"https://shop.example", "session=x; Path=/; Secure", ""},
		{"http://shop.example", "session=x; secure ; path=/", "cookie-secure-http"},
		{"https://shop.example", "session=x; SameSite=None", "cookie-samesite-none"},
		{"https://shop.example", "session=x; SameSite=None; Secure", ""},
		{"https://shop.example", "session=x; Partitioned", "cookie-partitioned"},
		{"https://shop.example", "__Host-session=x; Secure; Path=/", ""},
		{"https://shop.example", "__host-session=x; Path=/", "cookie-prefix"},
		{"https://shop.example", "__Host-session=x; Secure; Path=/shop", "cookie-prefix"},
		{"https://shop.example", "__Host-session=x; Secure; Path=/; Domain=shop.example", "cookie-prefix"},
		{"https://shop.example", "__Secure-session=x", "cookie-prefix"},
		{"https://www.shop.example", "session=x; Domain=shop.example", ""},
		{"https://www.shop.example", "session=x; Domain=.SHOP.example", ""},
		{"https://shop.example", "session=x; Domain=www.shop.example", "cookie-domain"},
		{"https://myshop.example", "session=x; Domain=shop.example", "cookie-domain"},
		{"https://shop.co.uk", "session=x; Domain=co.uk", "cookie-domain-wide"},
		{"https://me.github.io", "session=x; Domain=github.io", "cookie-domain-wide"},
		{"http://127.0.0.1", "session=x; Domain=0.0.1", "cookie-domain"},
		{"http://localhost:8080", "session=x; Domain=example.com", "cookie-domain"},
		{"https://shop.example/admin", "session=x; Path=/admin", ""},
		{"https://shop.example/admin/users", "session=x; Path=/admin", ""},
		{"https://shop.example/administrator", "session=x; Path=/admin", "cookie-path"},
		{"https://shop.example", "session=x; Path=/admin", "cookie-path"},
		{"https://shop.example/admin", "session=x; Path=/admin/", ""},
		{"https://shop.example", "session=" + strings.Repeat("x", 4097), "cookie-too-large"},
	} {
		page, err := url.Parse(c.page)
		if err != nil {
			t.Fatal(err)
		}
		cookie, ok := parseSetCookie(c.line)
		if !ok {
			t.Errorf("%q is no cookie", c.line)
		}
		if d, _ := cookie.dropped(page); d.id != c.want {
			t.Errorf("%s gets %.80q: %q, want %q", c.page, c.line, d.id, c.want)
		}
	}
	for _, line := range []string{"", "=x", "session", "; Path=/"} {
		if c, ok := parseSetCookie(line); ok {
			t.Errorf("%q is a cookie: %+v", line, c)
		}
	}
	for line, want := range map[string]bool{"session=; Max-Age=0": true, "session=x; Max-Age=-1": true, "session=x; Max-Age=60": false} {
		if c, _ := parseSetCookie(line); c.removes() != want {
			t.Errorf("%q removes: %v", line, c.removes())
		}
	}
}
