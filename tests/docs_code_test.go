package tests

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/docs"
)

// What Go code in the docs may import. The examples' module knows all of it.
var docPackages = map[string]string{
	"rand": "crypto/rand", "json": "encoding/json", "template": "html/template", "fs": "io/fs", "slog": "log/slog", "url": "net/url", "filepath": "path/filepath",
	"bufio": "bufio", "context": "context", "errors": "errors", "flag": "flag", "fmt": "fmt", "http": "net/http", "httptest": "net/http/httptest",
	"log": "log", "os": "os", "strconv": "strconv", "strings": "strings", "atomic": "sync/atomic", "testing": "testing", "time": "time",
	"auth": kit + "core/auth", "config": kit + "core/config", "driver": kit + "core/driver", "event": kit + "core/event", "device": kit + "core/device", "httpsession": kit + "core/httpsession", "memstore": kit + "core/memstore",
	"session": kit + "core/session", "sessiontest": kit + "core/sessiontest", "stores": kit + "stores", "keyvalue": kit + "stores/keyvalue", "debug": kit + "debug",
	"otelsession": kit + "debug/otelsession", "trace": "go.opentelemetry.io/otel/trace",
	"promsession": kit + "debug/promsession", "prometheus": "github.com/prometheus/client_golang/prometheus",
	"chisession": kit + "adapters/chi", "echosession": kit + "adapters/echo", "fibersession": kit + "adapters/fiber", "ginsession": kit + "adapters/gin",
	"chi": "github.com/go-chi/chi/v5", "echo": "github.com/labstack/echo/v4", "middleware": "github.com/labstack/echo/v4/middleware",
	"fiber": "github.com/gofiber/fiber/v2", "cache": "github.com/gofiber/fiber/v2/middleware/cache",
	"cors": "github.com/gofiber/fiber/v2/middleware/cors", "limiter": "github.com/gofiber/fiber/v2/middleware/limiter",
	"gin":    "github.com/gin-gonic/gin",
	"oauth2": "golang.org/x/oauth2", "websocket": "github.com/coder/websocket", "csrf": "github.com/gorilla/csrf", "extractors": "github.com/gofiber/fiber/v3/extractors",
}

// What the code takes for granted.
const docNames = `
var (
	ctx      context.Context
	err      error
	cfg      config.Config
	sessions *session.Manager
	store    driver.Store
	logins   atomic.Int64
	provider trace.TracerProvider
	s        *session.Session
	user     struct{ ID string }
	mux, shop *http.ServeMux
	h        http.Handler
	w        http.ResponseWriter
	req      *http.Request
	e        *echo.Echo
	app      *fiber.App
	engine   *gin.Engine
	addr *string
	debugFlag *bool
	home     fiber.Handler
	onError  httpsession.ErrorHandler
	addToCart httpsession.HandlerFunc
	t        *testing.T
	origin   string
	origins  []string
	key, value any
	changeMail http.HandlerFunc
	users    interface{ CheckPassword(id, password string) bool }
	payments interface{ Verify(*http.Request) (int, error) }
	checkPassword func(name, password string) (user struct{ ID string }, ok bool)
	setPassword func(ctx context.Context, user, password string) error
	disable, export func(ctx context.Context, user string) error
	nameOf   func(ctx context.Context, id string) (string, error)
	oauth    *oauth2.Config
	userOf   func(context.Context, *oauth2.Token) (user struct{ ID string }, err error)
	account  http.Handler
	mailForm, saveMail httpsession.HandlerFunc
	listUsers httpsession.HandlerFunc
	pages    *template.Template
	inStock  func(item string) bool
	subscribe func(user string) (news <-chan string, stop func())
)
`

// docChoice is what is one thing here and another there: names, and packages of
// docPackages.
type docChoice struct {
	names    string
	packages map[string]string
}

var docChoices = []docChoice{
	{names: "var (r chi.Router; cart []string; toLogin http.HandlerFunc)"},
	{names: "var (r *http.Request; cart httpsession.HandlerFunc; newRouter func(*session.Manager) (http.Handler, error))"},
	{names: "var r *gin.Engine"},
	{names: "var (localPath func(string) string; devices, endDevice, endOthers httpsession.HandlerFunc; render func(w http.ResponseWriter, r *http.Request, name string, data any) error)", packages: map[string]string{"csrf": "github.com/gofiber/fiber/v2/middleware/csrf"}},
	{names: "var r *http.Request", packages: map[string]string{
		"echo": "github.com/labstack/echo/v5", "middleware": "github.com/labstack/echo/v5/middleware", "echosession": kit + "adapters/echov5"}},
	{packages: map[string]string{"fiber": "github.com/gofiber/fiber/v3", "fibersession": kit + "adapters/fiberv3", "cache": "github.com/gofiber/fiber/v3/middleware/cache", "csrf": "github.com/gofiber/fiber/v3/middleware/csrf",
		"cors": "github.com/gofiber/fiber/v3/middleware/cors", "limiter": "github.com/gofiber/fiber/v3/middleware/limiter"}},
}

// foreign marks lines about packages that the kit does not know.
var foreign = regexp.MustCompile(`\b(viper|cobra|httprate|upgrader)\b|(gorilla|scs)\.Predecessor|go-chi/cors|\bcmd\.|^limit|limit\(h\)|r\.Use\(limit\)`)

// Go code in the docs means what it says: it compiles, in a program that has what
// the text around it speaks of.
func TestCodeInDocs(t *testing.T) {
	t.Parallel()
	imports := importer.ForCompiler(token.NewFileSet(), "gc", exportData(t))
	files, err := docs.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, file := range files {
		list, err := docs.Blocks("..", file)
		if err != nil {
			t.Fatal(err)
		}
		program, isProgram := recipes[strings.TrimSuffix(path.Base(file), ".md")]
		if isProgram = isProgram && program.whole; isProgram {
			choice := docChoice{names: "var localPath func(next string) string", packages: program.packages}
			if err := typeCheck(imports, declarations(list, ""), choice); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		for _, b := range list {
			if b.Lang != "go" {
				continue
			}
			if blocks++; isProgram && isDeclaration(b.Text) {
				continue
			}
			if err := checkBlock(imports, b.Text); err != nil {
				t.Errorf("%s:%d: %v in\n%s", file, b.Line, err, b.Text)
			}
		}
	}
	if blocks < 20 {
		t.Errorf("%d blocks were found", blocks)
	}
	if checkBlock(imports, "session.Gett[int](s, \"n\")\n") == nil {
		t.Error("a name that does not exist was accepted")
	}
}

// checkBlock checks a block as a whole or, where each line of it is for another
// router, each line by itself.
func checkBlock(imports types.Importer, block string) error {
	if strings.HasPrefix(block, "package ") { // see TestDeploymentProgram
		return nil
	}
	var lines []string
	for line := range strings.Lines(block) {
		if !foreign.MatchString(strings.TrimSpace(line)) {
			lines = append(lines, line)
		}
	}
	code := strings.Join(lines, "")
	if strings.Contains(block, "cmd.RunE") {
		return nil
	}
	whole := checkCode(imports, code)
	if whole == nil {
		return nil
	}
	for _, line := range lines {
		if checkCode(imports, line) != nil {
			return whole
		}
	}
	return nil
}

// checkCode checks declarations or statements, with each of the choices.
func checkCode(imports types.Importer, code string) (err error) {
	for _, choice := range docChoices {
		if _, bad := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code, 0); bad != nil {
			err = typeCheck(imports, "func _() error {\n"+code+"\nreturn nil\n}", choice)
		} else {
			err = typeCheck(imports, code, choice)
		}
		if err == nil {
			return nil
		}
	}
	return err
}

func typeCheck(imports types.Importer, code string, choice docChoice) error {
	source := "package p\n"
	for _, name := range slices.Sorted(maps.Keys(docPackages)) {
		source += fmt.Sprintf("import %s %q\n", name, cmp.Or(choice.packages[name], docPackages[name]))
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source+docNames+choice.names+"\n"+code, 0)
	if err != nil {
		return err
	}
	var found []error
	check := types.Config{Importer: imports, Error: func(err error) {
		if problem, ok := errors.AsType[types.Error](err); ok && !problem.Soft { // what is not used is no fault here
			found = append(found, errors.New(problem.Msg))
		}
	}}
	check.Check("p", set, []*ast.File{file}, nil)
	return errors.Join(found...)
}

// exportData finds the compiled packages.
func exportData(t *testing.T) importer.Lookup {
	t.Helper()
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, slices.Sorted(maps.Values(docPackages))...)
	for _, choice := range docChoices {
		args = append(args, slices.Collect(maps.Values(choice.packages))...)
	}
	list := exec.Command("go", args...)
	list.Dir = filepath.Join("..", "examples")
	var failed bytes.Buffer
	list.Stderr = &failed
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, failed.String())
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
}
