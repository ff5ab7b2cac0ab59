package debug

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
)

// pass is a cookie that stands for the token in a browser, so that the token
// stays out of its address bar, history and Referer. It says when it ends, and
// is signed; nothing is stored for it.
type pass struct{ key config.Secret }

const (
	passName     = "sessionkit-debug"
	passLifetime = 12 * time.Hour
	maxPasses    = 3 // of a request that are looked at
)

// give takes a token out of the address of a GET and gives the cookie for it.
func (p pass) give(w http.ResponseWriter, r *http.Request) {
	prefix, _ := mountedAt(r)
	http.SetCookie(w, &http.Cookie{
		Name:     passName,
		Value:    p.sign(strconv.FormatInt(time.Now().Add(passLifetime).Unix(), 10)),
		Path:     prefix + strings.TrimSuffix(root, "/"),
		MaxAge:   int(passLifetime / time.Second),
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		Secure:   r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"), // a lie costs the liar the cookie
	})
	query := r.URL.Query()
	query.Del("token")
	w.Header().Set("Location", "?"+query.Encode()) // the same path, whatever it is to the browser
	w.WriteHeader(http.StatusSeeOther)
}

// isHeld reports whether the request has a cookie that give made.
func (p pass) isHeld(r *http.Request) bool { return p.held(r) != "" }

// held is the value of that cookie, "" for none.
func (p pass) held(r *http.Request) string {
	for i, cookie := range r.CookiesNamed(passName) {
		if i < maxPasses && p.isValid(cookie.Value) {
			return cookie.Value
		}
	}
	return ""
}

// formToken is in the forms of pages for the holder of a pass, and shows that the
// form is not another site's: nobody else knows it.
func (p pass) formToken(pass string) string { return p.mac("form " + pass) }

func (p pass) isValid(value string) bool {
	end, _, _ := strings.Cut(value, ".")
	if !hmac.Equal([]byte(value), []byte(p.sign(end))) {
		return false
	}
	seconds, err := strconv.ParseInt(end, 10, 64)
	return err == nil && time.Now().Before(time.Unix(seconds, 0))
}

func (p pass) sign(end string) string { return end + "." + p.mac(end) }

func (p pass) mac(text string) string {
	mac := hmac.New(sha256.New, []byte(p.key.Reveal()))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
