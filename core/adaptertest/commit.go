package adaptertest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// commitCases are about the session being saved, and the cookie being set,
// in whatever way the answer is given.
func commitCases() []testCase {
	cases := []testCase{
		{"62 an error handler answers later", errorHandlerAnswers},
		{"62 an error handler changes the session itself", errorHandlerChanges},
		{"62 an unknown path works as before", unknownPath},
	}
	for _, w := range waysToAnswer {
		cases = append(cases, testCase{"62 saved before the first byte: " + w.name, w.run})
	}
	return cases
}

// wayToAnswer is how a handler ends, and what the client sees of it.
type wayToAnswer struct {
	name   string
	answer func(x Exchange) error
	status int
	body   string // "" for anything
}

// largeBody is more than any buffer on the way holds.
var largeBody = strings.Repeat("0123456789abcdef", 1<<16)

var waysToAnswer = []wayToAnswer{
	{"write", func(x Exchange) error { return x.Write(http.StatusCreated, "the body") }, http.StatusCreated, "the body"},
	{"large body", func(x Exchange) error { return x.Write(http.StatusOK, largeBody) }, http.StatusOK, largeBody},
	{"status alone", func(x Exchange) error { return x.Write(http.StatusNoContent, "") }, http.StatusNoContent, ""},
	{"nothing", func(x Exchange) error { return nil }, http.StatusOK, ""},
	{"redirect", func(x Exchange) error { return x.Redirect(http.StatusSeeOther, "/elsewhere") }, http.StatusSeeOther, ""},
	{"stream", func(x Exchange) error {
		return x.Stream(func(_ *session.Session, send func(string) error) {
			send("the ")
			send("body")
		})
	}, http.StatusOK, "the body"},
	{"error page", func(x Exchange) error { return x.Write(http.StatusBadRequest, "no") }, http.StatusBadRequest, "no"},
	{"framework's error", func(x Exchange) error { return x.Fail(http.StatusTeapot) }, http.StatusTeapot, ""},
	{"any error", func(x Exchange) error { return errors.New("disk on fire") }, http.StatusInternalServerError, ""},
}

func (w wayToAnswer) run(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.handleSession("/answer", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", x.Query("value")); err != nil {
			return err
		}
		return w.answer(x)
	})
	b := s.browser()
	for _, value := range []string{"red", "blue"} { // a new session, then an existing one
		a := b.get("/answer?value=" + value).wantStatus(w.status)
		if w.body != "" {
			a.want(w.status, w.body)
		}
		if value == "red" {
			a.wantCookie()
		} else {
			a.wantNoCookie()
		}
		b.get("/read?key=color").want(http.StatusOK, value)
	}
}

func errorHandlerAnswers(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.OnError = func(x Exchange, err error) error { return x.Write(http.StatusTeapot, "mended") }
	s.handleSession("/fail", func(x Exchange, v *session.Session) error {
		if err := session.Set(v, "color", "red"); err != nil {
			return err
		}
		return errors.New("disk on fire")
	})
	b := s.browser()
	b.get("/fail").want(http.StatusTeapot, "mended").wantCookie()
	b.get("/read?key=color").want(http.StatusOK, "red")
}

func errorHandlerChanges(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	s.OnError = func(x Exchange, _ error) error {
		v, err := x.Session()
		if err != nil {
			return err
		}
		if err := session.Set(v, "sorry", x.Query("value")); err != nil {
			return err
		}
		return x.Redirect(http.StatusSeeOther, "/sorry")
	}
	s.handle("/fail", func(x Exchange) error { return x.Fail(http.StatusTeapot) })
	b := s.browser()
	b.get("/fail?value=red").wantStatus(http.StatusSeeOther).wantHeader("Location", "/sorry").wantCookie()
	b.get("/read?key=sorry").want(http.StatusOK, "red")
	b.get("/fail?value=blue").wantStatus(http.StatusSeeOther).wantNoCookie()
	b.get("/read?key=sorry").want(http.StatusOK, "blue")
}

func unknownPath(t *testing.T, st *suite) {
	s := st.newSite(t, config.Config{})
	b := s.browser()
	b.get("/set?key=color&value=red")
	s.store.took()
	b.get("/unknown").wantStatus(http.StatusNotFound).wantNoCookie()
	s.store.wantCalls(t, "an unknown path", "")
}
