package debug

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/session"
)

// derivedTokenBytes are enough that nobody guesses the token (OWASP ASVS 7.2.3).
const derivedTokenBytes = 16

const tokenLabel = "debug token"

// newGate takes the configured token. Where there is none it derives one from
// the secret key, which is the same on every worker that has the same key.
func newGate(sessions *session.Manager) gate {
	token := strings.TrimSpace(sessions.Config().DebugToken.Reveal())
	configured := token != ""
	if !configured {
		raw, err := sessions.DeriveKey(tokenLabel, derivedTokenBytes)
		if err != nil {
			panic(err) // the size is one that HKDF can do
		}
		token = base64.RawURLEncoding.EncodeToString(raw)
	}
	return gate{
		token:      config.NewSecret(token),
		configured: configured,
		pass:       pass{keyFrom(token, "sessionkit/v1 debug cookie")},
		sealer:     sealer{keyFrom(token, "sessionkit/v1 debug reference")},
		origins:    http.NewCrossOriginProtection(),
	}
}

// Token is the token that opens the debug endpoints of an app with that
// configuration: the configured one, or the one that its secret key gives. It is
// zero without either, since each process then draws a key of its own.
func Token(cfg config.Config) config.Secret {
	token := strings.TrimSpace(cfg.DebugToken.Reveal())
	if token != "" || cfg.SecretKey.IsZero() {
		return config.NewSecret(token)
	}
	raw, err := cfg.SecretKey.Derive(tokenLabel, derivedTokenBytes)
	if err != nil {
		panic(err) // the size is one that HKDF can do
	}
	return config.NewSecret(base64.RawURLEncoding.EncodeToString(raw))
}

// keyFrom derives a key of 32 bytes from the token, the same on every worker, so
// that whoever has the token has the right to what is made with it.
func keyFrom(token, label string) config.Secret {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, label, sha256.Size)
	if err != nil {
		panic(err) // the size is one that HKDF can do
	}
	return config.NewSecret(string(key))
}

// logToken says once how to get in from elsewhere, unless an operator has set
// the token and so knows it, or knows where it is. Of the processes that Fiber
// starts the first one says it for all that have the same key.
func (h *handler) logToken() {
	self := h.sessions.Diagnostics().Worker()
	if h.gate.configured || self.Prefork && !h.sessions.Config().SecretKey.IsZero() {
		return
	}
	open, _ := h.sessions.Diagnostics().OpenToThisMachine()
	h.log.Info("debug: endpoints are on; whoever has this address gets in, once it has the app's host in front of it",
		slog.String("url", root+"?token="+h.gate.token.Reveal()), slog.Bool("this_machine_needs_none", open))
}
