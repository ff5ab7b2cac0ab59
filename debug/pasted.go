package debug

import (
	"context"
	"slices"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/session"
)

// findByCookie verifies a visitor's cookie and looks up what it leads to, as a
// request with it would, but for being one.
func (h *handler) findByCookie(ctx context.Context, pasted string, report *SessionsReport) ([]driver.Entry, error) {
	var name string
	var status session.Status
	var id session.ID
	var r *driver.Record
	var err error
	for _, line := range h.cookieLines(pasted) {
		name = line.name
		var x session.Exchange
		x.Begin(context.Background(), h.sessions, session.Incoming{Cookies: []string{line.header}})
		if status, id, r, err = x.CookieSession(ctx, h.sessions); id != (session.ID{}) {
			break
		}
	}
	if status.State == session.StateNew {
		return nil, bad("there is no cookie called "+name+" in what was pasted", "paste its value, or name=value")
	}
	meaning, fix := h.sessions.Diagnostics().ExplainToken(status.From, status.Reason, status.Store)
	report.Cookie = &PastedCookie{*h.cookie(status, h.sessions.Diagnostics().Worker()), status.String(), string(status.Reason), meaning, fix}
	report.Cookie.Name = name
	switch {
	case err != nil:
		report.Cookie.Status = StatusNotLoaded
		return nil, err
	case r != nil:
		return []driver.Entry{{ID: id, Record: r}}, nil
	case status.Reason == diagnose.ReasonRenewed:
		return h.load(ctx, id)
	}
	return nil, nil
}

// cookieLine is a Cookie header, and the name of the cookie in it that counts.
type cookieLine struct{ name, header string }

// cookieLines are those that a request with what was pasted could have. That may be
// a whole header, one cookie, or its value alone, broken into lines.
func (h *handler) cookieLines(pasted string) []cookieLine {
	text := strings.Join(strings.Fields(pasted), "")
	for _, before := range []string{"cookie:", "set-cookie:", "authorization:", "bearer"} {
		if len(text) > len(before) && strings.EqualFold(text[:len(before)], before) {
			text = text[len(before):]
		}
	}
	name := h.sessions.Config().Cookie.Name
	former, hasFormer := strings.CutPrefix(name, config.HostPrefix)
	if !strings.Contains(text, "=") { // which no token has in it
		text = strings.Trim(text, `"'`)
		lines := []cookieLine{{name, name + "=" + text}}
		if hasFormer { // what was set before the name changed verifies under that one alone
			lines = append(lines, cookieLine{former, former + "=" + text})
		}
		return lines
	}
	has := func(name string) bool {
		return slices.ContainsFunc(strings.Split(text, ";"), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	}
	if hasFormer && !has(name) && has(former) {
		name = former
	}
	return []cookieLine{{name, text}}
}
