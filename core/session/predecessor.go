package session

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/internal/token"
)

// WithPredecessor takes over the sessions of the library that the app used before,
// so that nobody is logged out by the change. It is asked when a request asks for
// its session and brings no cookie that the kit has made. Of several given, one
// after the other is asked.
//
// All requests with one old cookie get one session, on all workers. From then on
// the old cookie leads to that session or to none: what was logged out, renewed or
// ended stays so, also where the old session was the cookie itself and nobody can
// remove it. For this the store keeps a small record beside the session until the
// old one would have ended. Workers that still run the old version do not know the
// new cookie. Sessions that have not been taken over yet are in no list, and a
// logout everywhere does not end them.
func WithPredecessor(p driver.Predecessor) Option {
	return func(m *Manager) { m.previous = append(m.previous, p) }
}

// announcePredecessors tells the monitor until when there are any.
func (m *Manager) announcePredecessors() {
	if m.previous == nil {
		return
	}
	var until time.Time
	for _, p := range m.previous {
		if p.Until.IsZero() {
			until = p.Until
			break
		}
		if p.Until.After(until) {
			until = p.Until
		}
	}
	m.monitor.Migrate(until)
}

// heirKey derives the ids of what is taken over, under one secret key.
type heirKey []byte

func newHeirKeys(cookieName string, secrets ...config.Secret) ([]heirKey, error) {
	var keys []heirKey
	for _, secret := range secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret.Reveal()), nil, "sessionkit/v1 predecessor "+cookieName, sha256.Size)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// derive gives the same id for the same old session on every worker.
func (k heirKey) derive(purpose, old string) token.SecretID {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(old))
	return token.SecretID(mac.Sum(nil)[:len(token.SecretID{})])
}

func (k heirKey) session(old string) token.SecretID { return k.derive("session", old) }

// claim is the id of the record that says that the old session was taken over.
func (k heirKey) claim(old string) ID { return k.derive("claim", old).ID() }
