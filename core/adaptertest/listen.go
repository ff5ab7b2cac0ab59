package adaptertest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Listen opens the port that the app is to be served on, and gives the base
// URL. Some cases want TLS; the listener speaks it then. It is closed at the
// end of the test.
func (app App) Listen(t testing.TB) (ln net.Listener, baseURL string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	baseURL = "http://" + ln.Addr().String()
	if app.tls != nil {
		return tls.NewListener(ln, app.tls), "https://" + ln.Addr().String()
	}
	return ln, baseURL
}

// Serve serves h until the end of the test, and returns the base URL.
// Handlers that panic are kept out of the test's output.
func (app App) Serve(t testing.TB, h http.Handler) (baseURL string) {
	t.Helper()
	ln, baseURL := app.Listen(t)
	if app.outside != nil {
		h = app.outside(h)
	}
	server := httptest.NewUnstartedServer(h)
	server.Listener.Close()
	server.Listener = ln
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return baseURL
}

// certificate is the one for 127.0.0.1 that httptest brings along.
var certificate = sync.OnceValues(func() (server, client *tls.Config) {
	https := httptest.NewTLSServer(http.NotFoundHandler())
	defer https.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(https.Certificate())
	return &tls.Config{Certificates: https.TLS.Certificates}, &tls.Config{RootCAs: trusted}
})
