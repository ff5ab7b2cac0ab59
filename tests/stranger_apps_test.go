//go:build unix

package tests

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// strangersApp is an app on one router, made of lines of the README.
type strangersApp struct {
	module  string // that a stranger gets beside stores and debug
	row     string // of the README's table: how it begins
	imports string
	body    string // below the set-up, with the lines of the README as <what is in them>
}

var strangersApps = map[string]strangersApp{
	"net/http": {kit + "core", "net/http", `"` + kit + `core/httpsession"`, `
	mux := http.NewServeMux()
	mux.Handle("POST /login", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		ctx, user := r.Context(), person{r.PostFormValue("user")}
		<auth.Login>
		return err
	}))
	mux.Handle("GET /me", httpsession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		<get>
		<auth.Require>
		<session.Update>
		_, err = fmt.Fprint(w, user, " ", n)
		return err
	}))
	<install>
	log.Fatal(http.ListenAndServe(*addr, h))`},
	"chi": {kit + "adapters/chi", "chi", `"github.com/go-chi/chi/v5"; "` + kit + `adapters/chi"`, `
	r := chi.NewRouter()
	<install>
	r.Post("/login", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		ctx, user := r.Context(), person{r.PostFormValue("user")}
		<auth.Login>
		return err
	}).ServeHTTP)
	r.Get("/me", chisession.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		<get>
		<auth.Require>
		<session.Update>
		_, err = fmt.Fprint(w, user, " ", n)
		return err
	}).ServeHTTP)
	log.Fatal(http.ListenAndServe(*addr, r))`},
	"echo": {kit + "adapters/echo", "Echo", `"github.com/labstack/echo/v4"; "` + kit + `adapters/echo"`,
		strings.ReplaceAll(echoBody, "CONTEXT", "echo.Context")},
	"echov5": {kit + "adapters/echov5", "Echo", `"github.com/labstack/echo/v5"; "` + kit + `adapters/echov5"`,
		strings.ReplaceAll(echoBody, "CONTEXT", "*echo.Context")},
	"fiber": {kit + "adapters/fiber", "Fiber", `"github.com/gofiber/fiber/v2"; "` + kit + `adapters/fiber"`,
		strings.NewReplacer("CONTEXT", "*fiber.Ctx", "ITS", "UserContext").Replace(fiberBody)},
	"fiberv3": {kit + "adapters/fiberv3", "Fiber", `"github.com/gofiber/fiber/v3"; "` + kit + `adapters/fiberv3"`,
		strings.NewReplacer("CONTEXT", "fiber.Ctx", "ITS", "Context").Replace(fiberBody)},
	"gin": {kit + "adapters/gin", "Gin", `"github.com/gin-gonic/gin"; "` + kit + `adapters/gin"`, `
	r := gin.New()
	<install>
	r.POST("/login", ginsession.Handler(func(c *gin.Context) error {
		ctx, user := c.Request.Context(), person{c.PostForm("user")}
		<auth.Login>
		return err
	}))
	r.GET("/me", ginsession.Handler(func(c *gin.Context) error {
		ctx := c.Request.Context()
		<get>
		<auth.Require>
		<session.Update>
		c.String(http.StatusOK, fmt.Sprint(user, " ", n))
		return err
	}))
	log.Fatal(r.Run(*addr))`},
}

const echoBody = `
	e := echo.New()
	<install>
	e.POST("/login", func(c CONTEXT) error {
		ctx, user := c.Request().Context(), person{c.FormValue("user")}
		<auth.Login>
		return err
	})
	e.GET("/me", func(c CONTEXT) error {
		ctx := c.Request().Context()
		<get>
		<auth.Require>
		<session.Update>
		return c.String(http.StatusOK, fmt.Sprint(user, " ", n))
	})
	log.Fatal(e.Start(*addr))`

const fiberBody = `
	app := fiber.New()
	<install>
	app.Post("/login", func(c CONTEXT) error {
		ctx, user := c.ITS(), person{c.FormValue("user")}
		<auth.Login>
		return err
	})
	app.Get("/me", func(c CONTEXT) error {
		ctx := c.ITS()
		<get>
		<auth.Require>
		<session.Update>
		return c.SendString(fmt.Sprint(user, " ", n))
	})
	log.Fatal(app.Listen(*addr))`

var (
	readmeSetUp = regexp.MustCompile("(?s)## In your app.*?```go\n(.*?)```")
	goBlock     = regexp.MustCompile("(?ms)^( *)```go\n(.*?)^ *```")
	placeholder = regexp.MustCompile(`<([a-z]+\.[A-Z]\w+)>`)
)

// program puts the lines of the README together.
func (a strangersApp) program(t *testing.T) strangersProgram {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	setUp := readmeSetUp.FindStringSubmatch(readme)
	row := regexp.MustCompile("(?m)^\\| " + regexp.QuoteMeta(a.row) + "[^|]* \\| `([^`]*)` \\| `([^`]*)` \\|$").FindStringSubmatch(readme)
	if setUp == nil || row == nil {
		t.Fatalf("the README has no set-up, or no row for %s", a.row)
	}
	main := ""
	for line := range strings.Lines(setUp[1]) {
		main += checked(line, "log.Fatal(err)")
	}
	body := strings.ReplaceAll(a.body, "<install>", checked(row[1], "log.Fatal(err)"))
	body = strings.ReplaceAll(body, "<get>", checked(row[2], "return err"))
	body = placeholder.ReplaceAllStringFunc(body, func(call string) string {
		return checked(lineWith(t, readme, strings.Trim(call, "<>")+"("), "return err")
	})
	whole := "package main\n\nimport (\"context\"; \"flag\"; \"fmt\"; \"log\"; \"net/http\"; \"os\"; " + a.imports + `
	"` + kit + `core/auth"; "` + kit + `core/config"; "` + kit + `core/session"; "` + kit + `debug"; "` + kit + `stores"
)

type person struct{ ID string }

var n int

func main() {
	addr := flag.String("addr", "", "")
	ctx, err := context.Background(), error(nil)
` + main + body + `
}

var _ = http.StatusOK
`
	var get []string
	for _, module := range []string{a.module, kit + "stores", kit + "debug"} {
		get = append(get, module+"@"+strangersVersion)
	}
	return strangersProgram{text: whole, get: get}
}

// checked is a line of the README, and what an app does about its error.
func checked(line, react string) string {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " // ")
	left, _, _ := strings.Cut(line, "=")
	if !strings.Contains(left, "err") {
		return line + "\n"
	}
	return line + "\nif err != nil { " + react + " }\n"
}

// lineWith is the first line of code in the README that has the call in it.
func lineWith(t *testing.T, readme, call string) string {
	t.Helper()
	for _, block := range goBlock.FindAllStringSubmatch(readme, -1) {
		for line := range strings.Lines(block[2]) {
			if strings.Contains(line, call) {
				return line
			}
		}
	}
	t.Fatalf("the README has no line with %s", call)
	return ""
}
