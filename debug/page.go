package debug

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed templates
var files embed.FS

//go:embed style.css
var style string

//go:embed page.js
var script string

// pages are the templates; they never change.
var pages = template.Must(template.New("").Funcs(formats).ParseFS(files, "templates/*.html"))

// policy lets a page have this style and this script, ask and send forms where it
// came from, and nothing else: no image, no frame around it, nothing from elsewhere.
var policy = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	hashOf(style), hashOf(script))

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what a template gets.
type page struct {
	Name   string // of the template: "session"
	Title  string // "" where nothing is known of it
	Style  template.CSS
	Script template.JS
	Self   Worker
	Base   string // what links have in front of a report's name
	Routes []Route
	Report any
}

func (h *handler) writePage(w http.ResponseWriter, r *http.Request, status int, name string, report any) {
	var body bytes.Buffer
	err := pages.ExecuteTemplate(&body, name+".html", page{
		Name:   name,
		Title:  titleOf(name, report),
		Style:  template.CSS(style),
		Script: template.JS(script),
		Self:   describeWorker(h.sessions.Diagnostics().Worker()),
		Base:   linkBase(r),
		Routes: h.list(),
		Report: report,
	})
	if err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// titleOf is what tells the page from others: the overview's begins with what is
// wrong, so that it is seen in a row of tabs.
func titleOf(name string, report any) string {
	if o, ok := report.(overviewPage); ok && o.Verdict.State != well {
		return leadOf(o.Verdict.Sentence).Lead
	}
	return name
}
