// Package page is the app's one page: forms for everything the app does, and
// what the session looks like from the inside.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"os"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/examples/internal/items"
)

// view is what the page shows.
type view struct {
	Framework string
	PID       int
	Store     string
	Private   bool // every worker has a store of its own
	User      string
	Devices   []device // on which the user is logged in
	Count     int
	Items     []items.Item
	Messages  []session.Message
	Cookie    cookie
	Debug     bool // whether there are debug pages
}

// Render makes the page of the visitor that s belongs to, who is logged in with the
// devices. It takes the messages out of the session, so that the next page does not
// show them again.
func Render(framework string, sessions *session.Manager, s *session.Session, devices []auth.SessionInfo) ([]byte, error) {
	count, err := session.Get[int](s, "count")
	if err != nil {
		return nil, err
	}
	messages, err := s.Flashes()
	if err != nil {
		return nil, err
	}
	v := view{
		Framework: framework,
		PID:       os.Getpid(),
		User:      s.User(),
		Devices:   newDevices(devices),
		Count:     count,
		Items:     items.List(s),
		Messages:  messages,
		Cookie:    newCookie(sessions, s),
		Debug:     sessions.Config().DebugEndpoints,
	}
	if d, ok := sessions.Store().(driver.Describer); ok {
		about := d.Describe()
		v.Store, v.Private = about.Kind, about.Private
		if about.Address != "" {
			v.Store += " " + about.Address
		}
	}
	var page bytes.Buffer
	err = pages.Execute(&page, v)
	return page.Bytes(), err
}

// Headers are those of the page: it is one visitor's at one moment, so nobody
// keeps it, and it needs nothing but what is in it. A new connection for the
// next page gives another worker the chance to answer.
func Headers() http.Header {
	return http.Header{
		"Connection":              {"close"},
		"Content-Type":            {"text/html; charset=utf-8"},
		"Cache-Control":           {"no-store"},
		"Content-Security-Policy": {"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	}
}

//go:embed page.html
var source string

//go:embed page.css
var css template.CSS

//go:embed count.js
var script template.JS

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"css":    func() template.CSS { return css },
	"script": func() template.JS { return script },
}).Parse(source))
