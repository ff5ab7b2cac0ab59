package fasthttpsession_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/valyala/fasthttp"

	fasthttpsession "github.com/gosessionkit/sessionkit/adapters/internal/fasthttp"
)

// SameOrigin answers each request as net/http does.
func TestSameOrigin(t *testing.T) {
	t.Parallel()
	own := http.NewCrossOriginProtection()
	if err := own.AddTrustedOrigin("https://partner.example"); err != nil {
		t.Fatal(err)
	}
	own.AddInsecureBypassPattern("POST /hook/{name}")
	for _, p := range []*http.CrossOriginProtection{http.NewCrossOriginProtection(), own} {
		h := p.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("passed")) }))

		passed, refused := 0, 0
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"} {
			for _, site := range []string{"", "same-origin", "none", "same-site", "cross-site", "other"} {
				for _, origin := range []string{"", "http://shop.example", "https://shop.example", "http://shop.example:8080", "http://evil.example",
					"https://partner.example", "null", "http://shop.example.evil.example", "://"} {
					for _, target := range []string{"/", "/hook/paid", "/hook/%70aid", "/hook/paid/x", "/login?next=/hook/paid", "/hook/../login"} {
						r := httptest.NewRequest(method, target, nil)
						r.Host = "shop.example"
						var rc fasthttp.RequestCtx
						rc.Request.Header.SetMethod(method)
						rc.Request.Header.SetRequestURI(target)
						rc.Request.Header.SetHost(r.Host)
						for name, value := range map[string]string{"Sec-Fetch-Site": site, "Origin": origin} {
							if value != "" {
								r.Header.Set(name, value)
								rc.Request.Header.Set(name, value)
							}
						}
						recorder := httptest.NewRecorder()
						h.ServeHTTP(recorder, r)
						status, _ := fasthttpsession.SameOrigin(&rc, p, nil)
						if status == 0 {
							status = http.StatusOK
						}
						if status != recorder.Code {
							t.Errorf("%s %s, Sec-Fetch-Site %q, Origin %q: %d, and net/http %d", method, target, site, origin, status, recorder.Code)
						}
						if recorder.Code == http.StatusOK {
							passed++
						} else {
							refused++
						}
					}
				}
			}
		}
		if passed == 0 || refused == 0 {
			t.Errorf("%d passed and %d were refused: the table proves nothing", passed, refused)
		}
	}
}
