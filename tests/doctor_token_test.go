//go:build unix

package tests

import (
	"net/http"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Apps that take tokens from headers, beside cookies or alone.
func TestDoctorFindsTokensInHeadersWell(t *testing.T) {
	t.Parallel()
	routers := []string{"chi", "echo", "fiber"}
	for i, chain := range []string{"bearer", "header:X-Session", "bearer,cookie"} {
		t.Run(chain, func(t *testing.T) {
			t.Parallel()
			app := trial.Start(t, routers[i], "SECRET_KEY="+doctorKey, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints", "--session-token", chain)
			wantHealthy(t, app.URL, "SECRET_KEY="+doctorKey)
			wantHealthy(t, app.URL)
		})
	}
}

func TestDoctorNamesWhatRemovesTokens(t *testing.T) {
	t.Parallel()
	app := trial.Start(t, "chi", "SECRET_KEY="+doctorKey, "--session-dir", t.TempDir()+"/sessions", "--workers", "2", "--debug-endpoints", "--session-token", "header:X-Session")
	diagnosis{url: spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		app.ServeHTTP(without{w, "X-Session"}, r)
	}, app),
		env: []string{"SECRET_KEY=" + doctorKey}, id: "token-lost", says: "removes X-Session", fix: "pass X-Session on"}.expect(t)
	diagnosis{url: spoiled(t, func(w http.ResponseWriter, r *http.Request, app http.Handler) {
		r.Header.Del("X-Session")
		app.ServeHTTP(w, r)
	}, app), env: []string{"SECRET_KEY=" + doctorKey}, id: "token-lost", says: "the token that was sent did not arrive", fix: "pass the header X-Session on"}.expect(t)
}

// without removes a header of answers.
type without struct {
	http.ResponseWriter
	name string
}

func (w without) WriteHeader(status int) {
	w.Header().Del(w.name)
	w.ResponseWriter.WriteHeader(status)
}
