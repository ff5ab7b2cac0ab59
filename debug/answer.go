package debug

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// setHeaders keeps every answer out of caches, and out of the hands of other
// sites' pages.
func setHeaders(header http.Header) {
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
}

// answer writes a report: as the page of that name to a browser, as JSON to
// everybody else.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, status int, page string, report any) {
	w.Header().Add("Vary", "Accept")
	if prefersHTML(r) {
		h.writePage(w, r, status, page, report)
		return
	}
	h.writeJSON(w, status, report)
}

// writeJSON encodes before it writes, so that a failure can still be told.
func (h *handler) writeJSON(w http.ResponseWriter, status int, report any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false) // commands are to be pasted, and it is never taken for HTML
	if err := enc.Encode(report); err != nil {
		h.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

func (h *handler) fail(w http.ResponseWriter, err error) {
	h.log.Error("debug: a report could not be written", "error", h.scrub.text(err.Error()))
	http.Error(w, "the report could not be written; the log says why", http.StatusInternalServerError)
}
