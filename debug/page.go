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

// pages are the templates; they never change.
var pages = template.Must(template.New("").Funcs(formats).ParseFS(files, "templates/*.html"))

// policy lets a page have this style and forms that come back to it, and
// nothing else: no script, no image, no frame around it.
var policy = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", hashOf(style))

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what a template gets.
type page struct {
	Name   string // of the template: "session"
	Style  template.CSS
	Self   Worker
	Base   string // what links have in front of a report's name
	Routes []Route
	Report any
}

func (h *handler) writePage(w http.ResponseWriter, r *http.Request, status int, name string, report any) {
	var body bytes.Buffer
	err := pages.ExecuteTemplate(&body, name+".html", page{
		Name:   name,
		Style:  template.CSS(style),
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
