package debug

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/httpsession"
)

// maxSessionsBody is room for a whole Cookie header, in bytes.
const maxSessionsBody = 32 << 10

// sessionsRequest reads what is asked for. form is what a browser has to send back.
func sessionsRequest(w http.ResponseWriter, r *http.Request, form string) (asked SessionsRequest, err error) {
	query := r.URL.Query()
	inAddress := SessionsRequest{ActionFind, query.Get("user"), query.Get("session"), query.Get("ref"), "", ""}
	if query.Has("cookie") || inAddress.misplacesCookie() {
		return asked, bad("a cookie in an address, which logs keep: this one is theirs now, so end its session", "paste it where the cookie belongs, which is a POST with it in the body")
	}
	if r.Method != http.MethodPost {
		return inAddress, inAddress.check()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSessionsBody)
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "application/json":
		body, err := io.ReadAll(r.Body)
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err != nil || !utf8.Valid(body) || dec.Decode(&asked) != nil || dec.Decode(&struct{}{}) != io.EOF { // no other user's id is to come out of it
			return SessionsRequest{}, bad("the body is no JSON object with action, user, session, ref and cookie alone, all strings of UTF-8, or is too large", "")
		}
	case "application/x-www-form-urlencoded":
		if r.ParseForm() != nil {
			return asked, bad("the form cannot be read, or is too large", "")
		}
		f := r.PostForm
		asked = SessionsRequest{f.Get("action"), f.Get("user"), f.Get("session"), f.Get("ref"), f.Get("cookie"), f.Get("csrf")}
	default:
		return asked, answered{http.StatusUnsupportedMediaType, Problem{
			Error: "the body is neither JSON nor a form", Fix: "send the header Content-Type: application/json or application/x-www-form-urlencoded",
		}}
	}
	if err := checkForm(form, asked.CSRF); err != nil {
		return SessionsRequest{}, err
	}
	if asked.misplacesCookie() {
		return SessionsRequest{}, bad("this is a cookie, and neither a user nor an id", "paste it where the cookie belongs")
	}
	return asked, asked.check()
}

// misplacesCookie reports whether a cookie was pasted where it would be shown again.
func (a SessionsRequest) misplacesCookie() bool {
	return slices.ContainsFunc([]string{a.User, a.Session, a.Ref}, httpsession.HasToken)
}

// check makes sure that one thing is asked for.
func (a SessionsRequest) check() error {
	named := 0
	for _, name := range []string{a.Session, a.Ref, a.Cookie} {
		if name != "" {
			named++
		}
	}
	switch {
	case len(a.User) > auth.MaxUserLength || !utf8.ValidString(a.User):
		return bad("no user has such an id: it has 1 to 256 bytes of UTF-8", "")
	case named > 1 || a.User != "" && a.Ref+a.Cookie != "":
		return bad("several things to look for", "give one of user, session, ref and cookie; a user and a session go together")
	}
	switch a.Action {
	case ActionFind:
		return nil
	case ActionEnd:
		if a.Session+a.Ref == "" {
			return bad("which session is to end?", "give ref, as a report has it, or session, the beginning of its id; end-all ends all of a user")
		}
		return nil
	case ActionEndAll:
		if a.User == "" || named > 0 {
			return bad("whose sessions are to end?", "give user, and nothing else")
		}
		return nil
	}
	return bad("no such action", "action is find, end or end-all")
}

func bad(what, fix string) error {
	return answered{http.StatusBadRequest, Problem{Error: what, Fix: fix}}
}
