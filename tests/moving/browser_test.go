//go:build unix

package moving

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

// worker is one process of an app.
type worker struct {
	url  string
	cmd  *exec.Cmd
	done chan struct{}
}

func start(t *testing.T, binary string, env []string) *worker {
	t.Helper()
	addr := "127.0.0.1:" + redistest.FreePort(t)
	w := &worker{url: "http://" + addr, cmd: exec.Command(binary), done: make(chan struct{})}
	w.cmd.Env = append([]string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "APP_ADDR=" + addr}, env...)
	w.cmd.Stderr = t.Output()
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		w.cmd.Wait()
		close(w.done)
	}()
	t.Cleanup(w.stop)
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if res, err := http.Get(w.url + "/nothing"); err == nil {
			res.Body.Close()
			return w
		}
		if time.Now().After(end) {
			t.Fatal("the app does not answer")
		}
	}
}

func (w *worker) stop() {
	w.cmd.Process.Kill()
	<-w.done
}

// listen calls do at the first request, and answers when it has returned.
func listen(t *testing.T, do func()) string {
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { once.Do(do) }))
	t.Cleanup(server.Close)
	return server.URL
}

// browser keeps cookies.
type browser struct {
	t    *testing.T
	jar  map[string]string
	last map[string]*http.Cookie // that the last answer has set
}

func newBrowser(t *testing.T) *browser { return &browser{t: t, jar: map[string]string{}} }

func (b *browser) copied() *browser {
	c := newBrowser(b.t)
	for name, value := range b.jar {
		c.jar[name] = value
	}
	return c
}

func (b *browser) try(w *worker, path string) (res *http.Response, body string, err error) {
	r, err := http.NewRequest("GET", w.url+path, nil)
	if err != nil {
		return nil, "", err
	}
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if res, err = client.Do(r); err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	b.last = map[string]*http.Cookie{}
	for _, c := range res.Cookies() {
		b.last[c.Name] = c
		if b.jar[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(b.jar, c.Name)
		}
	}
	return res, string(raw), err
}

func (b *browser) get(w *worker, path string) string {
	b.t.Helper()
	res, body, err := b.try(w, path)
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Errorf("%s: %v, %q, %v", path, res, body, err)
	}
	return body
}

func (b *browser) want(w *worker, path, body string) {
	b.t.Helper()
	if got := b.get(w, path); got != body {
		b.t.Errorf("%s gives %q, want %q", path, got, body)
	}
}

// authorize goes the way of OAuth, with the provider that always agrees.
func (b *browser) authorize(w *worker) {
	b.t.Helper()
	res, body, err := b.try(w, "/auth?provider=faux")
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect {
		b.t.Fatalf("%v %q %v", res, body, err)
	}
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.want(w, "/callback?provider=faux&state="+url.QueryEscape(to.Query().Get("state")), "hello")
}
