//go:build unix

package tests

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/docs"
)

// blocks are the code blocks of a page in docs.
func blocks(t *testing.T, page, language string) (found []string) {
	t.Helper()
	all, err := docs.Blocks("..", "docs/"+page)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if b.Lang == language {
			found = append(found, b.Text)
		}
	}
	if found == nil {
		t.Fatalf("docs/%s has no block of %s", page, language)
	}
	return found
}

// The nginx configuration of the guide against flooding does what it says.
func TestFloodingNginx(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("there is no nginx")
	}
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer app.Close()
	address := "127.0.0.1:" + redistest.FreePort(t)
	conf := blocks(t, "flooding.md", "nginx")
	if len(conf) != 2 {
		t.Fatalf("%d blocks", len(conf))
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
events {}
http {
access_log off; client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
upstream app { server %[2]s; }
%[3]s
server { listen %[4]s; %[5]s }
}
`, dir, app.Listener.Addr(), conf[0], address, conf[1])
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(nginx, "-t", "-c", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server := exec.Command(nginx, "-c", file)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
	}()
	get := func(cookie string) int {
		r, _ := http.NewRequest("GET", "http://"+address, nil)
		r.Header.Set("Cookie", cookie)
		for deadline := time.Now().Add(time.Minute); ; {
			a, err := http.DefaultClient.Do(r)
			if err == nil {
				a.Body.Close()
				return a.StatusCode
			}
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond) // it is starting
		}
	}
	refused := func(cookie string, requests int) (n int) {
		for range requests {
			switch status := get(cookie); status {
			case http.StatusTooManyRequests:
				n++
			case http.StatusOK:
			default:
				t.Fatalf("status %d", status)
			}
		}
		return n
	}
	if n := refused("theme=dark", 75); n == 0 || n > 14 {
		t.Errorf("%d of 75 newcomers were refused, want those after 60 or so", n)
	}
	for _, cookie := range []string{"session=v1.abc", "theme=dark; session=v1.abc", "__Host-session=v1.abc"} {
		if n := refused(cookie, 5); n != 0 {
			t.Errorf("%q: %d refused", cookie, n)
		}
	}
	if n := refused("mysession=v1.abc", 5); n == 0 {
		t.Error("another cookie passes for ours")
	}
	if n := refused("session=v1.made.up", 2000); n == 0 {
		t.Error("whoever makes up a cookie is never refused")
	}
}

// The limits in the app compile; httprate is not among what the examples know.
func TestFloodingCode(t *testing.T) {
	t.Parallel()
	code := blocks(t, "flooding.md", "go")
	if len(code) != 3 {
		t.Fatalf("%d blocks", len(code))
	}
	program := `package main

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/stores/keyvalue"
)

var sessions *session.Manager

func main() {
	e, app := echo.New(), fiber.New()
` + code[0] + code[1] + "}\n"
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	vet := exec.Command("go", "vet", file)
	vet.Dir = filepath.Join("..", "examples")
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
