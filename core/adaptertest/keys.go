package adaptertest

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/core/config"
)

var laterKey = config.NewSecret("Xw5uHc9TzB2nVqKpL8sYjRfD4gM7eAo1iUxE6tZbNvQ=")

// keyCases are about the secret key being replaced while people are logged
// in.
func keyCases() []testCase {
	return []testCase{
		{"75 77 111 a token of an earlier key is accepted and issued anew", replacedKey},
		{"111 without the fallback the earlier key's tokens end", forgottenKey},
	}
}

func replacedKey(t *testing.T, st *suite) {
	before := st.newSite(t, config.Config{})
	b := before.browser()
	b.get("/login?user=ada")
	old := b.cookie()

	during := st.newSiteOn(t, before.store, config.Config{SecretKey: laterKey, SecretKeyFallbacks: []config.Secret{secretKey}})
	before.store.took()
	c := during.visit("/user", old).want(http.StatusOK, "ada").wantCookie()
	before.store.wantCalls(t, "a token of the earlier key", "load")
	if "session="+c.Value == old {
		t.Fatal("the cookie was issued anew, but not signed with the new key")
	}
	during.visit("/plain", old).want(http.StatusOK, "plain").wantNoCookie()
	during.visit("/user", "session="+c.Value).want(http.StatusOK, "ada").wantNoCookie()

	after := st.newSiteOn(t, before.store, config.Config{SecretKey: laterKey})
	after.visit("/user", "session="+c.Value).want(http.StatusOK, "ada").wantNoCookie()
	after.visit("/status", old).want(http.StatusOK, "rejected: foreign-key")
}

func forgottenKey(t *testing.T, st *suite) {
	before := st.newSite(t, config.Config{})
	b := before.browser()
	b.get("/login?user=ada")
	after := st.newSiteOn(t, before.store, config.Config{SecretKey: laterKey})
	after.visit("/user", b.cookie()).want(http.StatusOK, "").wantNoCookie()
}
