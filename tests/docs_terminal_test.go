//go:build unix

package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/docs"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// terminal is the reader's, in a clone.
type terminal struct {
	t       *testing.T
	shell   *docs.Shell
	dir     string            // for what is the reader's own
	ports   map[string]string // what a port of a page is here
	running map[string]string // the variables that hold the pids of apps, by port
	started int               // how many apps
	redis   string            // the port of the Redis, "" for none
}

func newTerminal(t *testing.T, withRedis bool) *terminal {
	t.Helper()
	p := &terminal{t: t, dir: t.TempDir(), ports: map[string]string{}, running: map[string]string{}}
	if withRedis {
		_, p.redis, _ = strings.Cut(redistest.Start(t).Addr, ":")
	}
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Split(string(out), "\n")
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	p.shell = docs.NewShell(t, root, []string{
		"HOME=" + p.dir, "PATH=" + p.dir + ":" + os.Getenv("PATH"), "GOBIN=" + p.dir, "NO_COLOR=1",
		"GOMODCACHE=" + known[0], "GOCACHE=" + known[1], "GOPROXY=" + known[2], "GOFLAGS=-modcacherw",
	})
	return p
}

var (
	pagePort    = regexp.MustCompile(`\b80[0-9][0-9]\b`)
	jarFile     = regexp.MustCompile(`\bjar\b`)
	exampleLine = regexp.MustCompile(`^(.*)\bgo run \./examples/(\w+)([^#\n]*)(?:#.*)?\n$`)
	addrFlag    = regexp.MustCompile(`--addr \S+:(\d+)`)
)

// ours is a block with the ports and files of this test in the place of the page's.
func (p *terminal) ours(text string) string {
	text = pagePort.ReplaceAllStringFunc(text, p.port)
	text = jarFile.ReplaceAllString(text, filepath.Join(p.dir, "jar"))
	return strings.NewReplacer("127.0.0.1:6379", "127.0.0.1:"+p.redis, "/srv/", p.dir+"/srv/", "https://app.example", "http://127.0.0.1:"+p.port("8080")).Replace(text)
}

func (p *terminal) port(port string) string {
	if p.ports[port] == "" {
		p.ports[port] = redistest.FreePort(p.t)
	}
	return p.ports[port]
}

// run runs a block, with the apps in it in the background.
func (p *terminal) run(text string, status int) (out string) {
	p.t.Helper()
	rest := ""
	for line := range strings.Lines(p.ours(text)) {
		app := exampleLine.FindStringSubmatch(line)
		if app == nil {
			rest += line
			continue
		}
		if rest != "" {
			out += p.shell.Run(rest, 0)
		}
		p.start(app[1], app[2], strings.TrimSpace(app[3]))
		rest = ""
	}
	if rest == "" {
		return out
	}
	return out + p.shell.Run(rest, status)
}

// start has an example app, which is built once for all tests, run in the background
// in the place of the one before it, and waits until it listens.
func (p *terminal) start(before, router, args string) {
	p.t.Helper()
	port := p.port("8080")
	if addr := addrFlag.FindStringSubmatch(args); addr != nil {
		port = addr[1]
	} else {
		args += " --addr 127.0.0.1:" + port
	}
	if pid := p.running[port]; pid != "" {
		p.shell.Run("kill $"+pid+"; wait $"+pid+"\n", 0)
	}
	p.started++
	log := filepath.Join(p.dir, "app"+strconv.Itoa(p.started)+".log")
	p.running[port] = "app_" + port
	p.shell.Run(before+filepath.Join(trial.Build(p.t), router)+" "+args+" >"+log+" 2>&1 &\napp_"+port+"=$!\n", 0)
	said := ""
	for deadline := time.Now().Add(5 * time.Minute); !strings.Contains(said, "listening on"); time.Sleep(10 * time.Millisecond) {
		text, _ := os.ReadFile(log)
		if said = string(text); time.Now().After(deadline) {
			p.t.Fatalf("%s %s does not listen:\n%s", router, args, said)
		}
	}
}
