//go:build unix

package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/docs"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// startPage is a page for getting started, as it is or for the older version of the
// router that the table at its end has the differences of.
type startPage struct {
	app      string // what an app on the router is like without the kit, see existingApps
	fresh    []docs.Block
	existing []docs.Block
}

// existingApps are apps that somebody has already, with <set-up> where the page says
// that it belongs.
var existingApps = map[string]string{
	"chi":     "r := chi.NewRouter()\n<set-up>\nr.Get(\"/visits\", visits)\nlog.Println(http.ListenAndServe(*addr, r))",
	"nethttp": "mux := http.NewServeMux()\nmux.HandleFunc(\"GET /visits\", visits)\n<set-up>\nlog.Println(http.ListenAndServe(*addr, h))",
	"echo":    "e := echo.New()\n<set-up>\ne.GET(\"/visits\", visits)\nlog.Println(e.Start(*addr))",
	"fiber":   "app := fiber.New()\n<set-up>\napp.Get(\"/visits\", visits)\nlog.Println(app.Listen(*addr))",
	"gin":     "r := gin.Default()\n<set-up>\nr.GET(\"/visits\", visits)\nlog.Println(r.Run(*addr))",
}

// startPages reads them, by the names of their routers.
func startPages(t *testing.T) map[string]startPage {
	t.Helper()
	files, err := filepath.Glob("../docs/getting-started/*.md")
	if err != nil || len(files) != len(existingApps) {
		t.Fatalf("%q, %v", files, err)
	}
	pages := map[string]startPage{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := docs.Blocks("..", path.Join("docs/getting-started", filepath.Base(file)))
		if err != nil {
			t.Fatal(err)
		}
		before, _, found := strings.Cut(string(text), "\n## An app that you have\n")
		first := slices.IndexFunc(blocks, func(b docs.Block) bool { return b.Line > strings.Count(before, "\n") })
		if !found || first < 0 {
			t.Fatalf("%s: no app that somebody has", file)
		}
		pages[name] = startPage{name, blocks[:first], blocks[first:]}
		if rows := replacement.FindAllStringSubmatch(string(text), -1); rows != nil {
			older := slices.Clone(blocks)
			for i := range older {
				for _, row := range rows {
					older[i].Text = strings.ReplaceAll(older[i].Text, row[1], row[2])
				}
			}
			pages[name+", older"] = startPage{name, older[:first], older[first:]}
		}
	}
	return pages
}

// followPages has a stranger for each.
func followPages(t *testing.T, published []string) {
	for name, page := range startPages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newStranger(t, published).follows(page)
			newStranger(t, published).extends(page)
		})
	}
}

var (
	workerPort = regexp.MustCompile(`\b808[0-9]\b`)
	importLine = regexp.MustCompile(`(?m)^\t(?:(\w+) )?"([^"]+)"$`)
)

// follows does what a page says from its first block to its last, in an empty folder,
// and sees what the page says.
func (s stranger) follows(p startPage) {
	ports := map[string]string{}
	ours := func(text string) string {
		return workerPort.ReplaceAllStringFunc(text, func(port string) string {
			if ports[port] == "" {
				ports[port] = redistest.FreePort(s.t)
			}
			return ports[port]
		})
	}
	shell := docs.NewShell(s.t, s.dir, s.env)
	said, answers := "", 0
	for _, b := range p.fresh {
		switch text := ours(b.Text); {
		case b.Lang == "go":
			s.dir = filepath.Join(s.dir, "shop") // which the page has made
			s.writes(b.Text)
		case b.ForShell():
			said = shell.Run(text, 0)
		case b.Lang == "text":
			if answers++; said != text {
				s.t.Fatalf("%s:%d: the page says %q, and it is %q\n%s%s", b.File, b.Line, text, said, shell.Log(), s.logs())
			}
		default:
			s.t.Fatalf("%s:%d: nobody knows what this block is for", b.File, b.Line)
		}
	}
	if answers != 4 {
		s.t.Errorf("%d answers were looked at", answers)
	}
}

// logs are what the workers of a page said.
func (s stranger) logs() (all string) {
	files, _ := filepath.Glob(filepath.Join(s.dir, "*.log"))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		all += file + ":\n" + string(text)
	}
	return all
}

// extends has an app on the router already, puts in what the page says, and counts visits on
// two workers, the first of which is killed.
func (s stranger) extends(p startPage) {
	known := map[string]string{"httpsession": docPackages["httpsession"]}
	var code []string
	for _, b := range p.fresh {
		for _, line := range importLine.FindAllStringSubmatch(b.Text, -1) {
			name := line[1]
			if name == "" {
				name = regexp.MustCompile(`/v\d+$`).ReplaceAllString(line[2], "")
				name = path.Base(name)
			}
			known[name] = line[2]
		}
	}
	s.goes("mod", "init", "stranger.example")
	for name, module := range known {
		if name == strings.TrimSuffix(p.app, "nethttp") {
			s.goes("get", module)
		}
	}
	for _, b := range p.existing {
		if b.Lang == "go" {
			code = append(code, b.Text)
		} else if b.ForShell() {
			docs.NewShell(s.t, s.dir, s.env).Run(b.Text, 0)
		}
	}
	if len(code) != 2 {
		s.t.Fatalf("%d blocks of Go", len(code))
	}
	main := strings.ReplaceAll(existingApps[p.app], "<set-up>", code[0])
	s.writes(withImports(s.t, known, "func main() {\naddr := flag.String(\"addr\", \"\", \"\")\nflag.Parse()\n"+main+"\n}\n\n"+code[1]))
	s.goes("build", "-o", "app", ".")
	run := func() (base string, kill func()) {
		address := "127.0.0.1:" + redistest.FreePort(s.t)
		cmd := exec.Command(filepath.Join(s.dir, "app"), "-addr", address)
		cmd.Env = append([]string{"SECRET_KEY=" + secret}, s.env...)
		return s.started(cmd, address)
	}
	first, kill := run()
	visitor := trial.NewBrowser(s.t, first)
	visitor.Do(http.StatusOK, "GET", "/visits")
	second, _ := run()
	visitor = visitor.Clone(second)
	visitor.Do(http.StatusOK, "GET", "/visits")
	kill()
	if answer := visitor.Do(http.StatusOK, "GET", "/visits"); answer.Body != "visit 3\n" {
		s.t.Errorf("the third visit is %q", answer.Body)
	}
}

// withImports is a whole program of the code, which imports of the known packages,
// by their names, what it uses.
func withImports(t *testing.T, known map[string]string, code string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+code, 0)
	if err != nil {
		t.Fatalf("%v in\n%s", err, code)
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := selector.X.(*ast.Ident); ok && id.Obj == nil && known[id.Name] != "" {
				used[id.Name] = true
			}
		}
		return true
	})
	program := "package main\n\nimport (\n"
	for _, name := range slices.Sorted(maps.Keys(used)) {
		program += "\t" + name + " " + strconv.Quote(known[name]) + "\n"
	}
	return program + ")\n\n" + code
}
