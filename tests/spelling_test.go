//go:build unix

package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/gosessionkit/sessionkit/core/session"
)

// holdsNone looks for the secrets, and for the parts of all cookies that make
// them one, in the transcript.
func (r *transcript) holdsNone(secrets map[string]string) {
	r.t.Helper()
	for _, cookie := range r.cookies {
		parts := strings.Split(cookie, ".") // v1.<id>.<origin>.<mac>, with the owner before the mac
		if len(parts) != 4 && len(parts) != 5 {
			r.t.Fatalf("a cookie of %d parts", len(parts))
		}
		secrets["cookie "+cookie[:6]] = cookie
		secrets["id in the cookie "+cookie[:6]] = string(secretID(r.t, cookie))
		id := storedID(r.t, cookie)
		secrets["id in the store "+cookie[:6]] = string(id[:])
		secrets["signature "+cookie[:6]] = parts[len(parts)-1]
	}
	for name, secret := range secrets {
		for _, spelling := range spellings(secret) {
			if strings.Contains(r.text.String(), spelling) {
				r.t.Errorf("the %s is there, as %s", name, spelling)
			}
		}
	}
}

// secretID is the random part of a cookie.
func secretID(t *testing.T, cookie string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(cookie, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// storedID is what the store calls the session of a cookie.
func storedID(t *testing.T, cookie string) session.ID {
	t.Helper()
	sum := sha256.Sum256(secretID(t, cookie))
	return session.ID(sum[:len(session.ID{})])
}

// spellings are the ways in which a secret may turn up in a text.
func spellings(secret string) []string {
	encoded, _ := json.Marshal(secret)
	plain := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret)
	all := []string{
		secret, plain, strings.Trim(string(encoded), `"`),
		strings.Trim(strconv.Quote(secret), `"`), strings.Trim(strconv.QuoteToASCII(secret), `"`),
		html.EscapeString(secret), strings.ReplaceAll(html.EscapeString(secret), "+", "&#43;"), template.HTMLEscapeString(plain),
		url.QueryEscape(secret), url.PathEscape(secret), strings.TrimPrefix(url.UserPassword("", secret).String(), ":"),
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		base64.RawStdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	slices.Sort(all)
	return slices.Compact(all)
}
