//go:build unix

package tests

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"text/template"

	goredis "github.com/redis/go-redis/v9"

	"github.com/gosessionkit/sessionkit/core/auth"
	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose"
	"github.com/gosessionkit/sessionkit/core/driver"
	"github.com/gosessionkit/sessionkit/core/httpsession"
	"github.com/gosessionkit/sessionkit/core/memstore"
	"github.com/gosessionkit/sessionkit/core/session"
	"github.com/gosessionkit/sessionkit/core/sessiontest"
	"github.com/gosessionkit/sessionkit/debug"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/file"
	"github.com/gosessionkit/sessionkit/stores/redis"
	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
)

const (
	printedKey      = "mP3xV8kQ5tR1zC7wB9nL2sF6hJ4dG0aYuEoIiOpA"
	printedFallback = "Ht6Yb2Nq9Wz4Xc1Vm8Lk5Jp3Rd7Sf0GaUeQoTiYw"
	printedToken    = "tok_b7Rk3Wm9Xq2Zv5Yc8Np1"
	printedPassword = "pw_J4hG8fD2sA6kL1zX"
	printedSentinel = "sp_C3vB7nM1qW5eR9tY"
)

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%+q", "%x", "%X", "%# x", "%d", "%b", "%o", "%c", "%U", "%t", "%e", "%p", "%80v", "%.3v"}

// printer prints whatever it is given in every way there is, and fails the
// test when a secret is in it. It knows a secret as text and as bytes, which
// look different with each verb.
type printer struct {
	t        *testing.T
	writings map[string]map[string]string // of each secret, by verb; "" for none
	seen     *printedTypes
}

func newPrinter(t *testing.T, secrets map[string]string, seen *printedTypes) *printer {
	p := &printer{t, map[string]map[string]string{}, seen}
	for _, verb := range append(verbs, "") {
		p.writings[verb] = map[string]string{}
		for name, secret := range secrets {
			secret = secret[:8] // a part is too much already
			for form, written := range map[string]string{
				"text":   secret,
				"base64": base64.RawStdEncoding.EncodeToString([]byte(secret[:6])),
				"JSON":   strings.Trim(strings.ReplaceAll(fmt.Sprint([]byte(secret)), " ", ","), "[]"),
				"verb":   strings.Trim(fmt.Sprintf(verb, secret), `"`),
				"bytes":  strings.Trim(fmt.Sprintf(verb, []byte(secret)), "[]"),
				"array":  strings.Trim(fmt.Sprintf(verb, [8]byte([]byte(secret))), "[]"),
			} {
				if _, list, ok := strings.Cut(written, "{"); ok && form != "text" { // a random text may have one
					written = strings.TrimSuffix(list, "}")
				}
				if len(written) >= len(secret) && verb != "%p" && verb != "%t" && verb != "%.3v" || form == "text" {
					p.writings[verb][name+" as "+form] = written
				}
			}
		}
	}
	return p
}

// holdsNone looks for the secrets in what verb printed of something.
func (p *printer) holdsNone(what, verb, printed string) {
	for _, v := range []string{verb, ""} {
		for name, written := range p.writings[v] {
			if strings.Contains(printed, written) {
				p.t.Errorf("%s of %s shows %s: %.2000s", verb, what, name, printed)
				return
			}
		}
	}
}

// prints prints one value, as it is and as apps may hold it.
func prints[T any](p *printer, what string, v T) {
	p.seen.add(reflect.TypeOf(v))
	type hides struct{ v T }
	type shows struct{ V T }
	pointer := &v
	for shape, held := range map[string]any{
		"itself":                 v,
		"pointer":                pointer,
		"pointer to pointer":     &pointer,
		"unexported field":       hides{v},
		"exported field":         shows{v},
		"pointer to unexported":  &hides{v},
		"unexported pointer":     struct{ v *T }{pointer},
		"exported pointer":       struct{ V *T }{pointer},
		"unexported in exported": struct{ V *hides }{&hides{v}},
		"unexported any":         struct{ v any }{v},
		"exported any":           struct{ V any }{v},
		"slice":                  []T{v},
		"array":                  [1]T{v},
		"map":                    map[string]T{"a": v},
		"unexported map":         struct{ v map[string]T }{map[string]T{"a": v}},
	} {
		what := fmt.Sprintf("%s (%T), %s", what, v, shape)
		for _, verb := range verbs {
			p.holdsNone(what, verb, fmt.Sprintf(verb, held))
		}
		p.holdsNone(what, "error", fmt.Errorf("start: %v %w", held, fmt.Errorf("%+v", held)).Error())
		encoded, _ := json.Marshal(held)
		p.holdsNone(what, "JSON", string(encoded))
		var text bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&text, nil), slog.NewJSONHandler(&text, nil)} {
			slog.New(h).With("with", held).Info("m", "v", held, slog.Group("g", "v", held))
		}
		_ = template.Must(template.New("").Parse("{{.}} {{printf `%#v` .}}")).Execute(&text, held)
		p.holdsNone(what, "log or template", text.String())
	}
}

// printedConfig is a configuration with a secret wherever one can be.
func printedConfig(redisURL string) config.Config {
	return config.Config{
		Mode: config.Test, Store: config.StoreRedis, DebugEndpoints: true,
		SecretKey: config.NewSecret(printedKey), SecretKeyFallbacks: []config.Secret{config.NewSecret(printedFallback)},
		DebugToken: config.NewSecret(printedToken), RedisURL: config.NewSecret(redisURL),
	}
}

// derived is what could be used in the place of a secret.
func derived(t *testing.T) map[string]string {
	keys := map[string]string{}
	for name, secret := range map[string]string{"key": printedKey, "fallback": printedFallback} {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "sessionkit/v1 cookie session", sha256.Size)
		if err != nil {
			t.Fatal(err)
		}
		keys["cookie "+name] = string(key)
	}
	hash := sha256.Sum256([]byte(printedToken))
	keys["token's hash"] = string(hash[:])
	return keys
}

// Nothing that the kit hands to an app prints a secret, whatever the verb and
// however the app holds it, and while it is in use.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--requirepass", printedPassword)
	url := "redis://:" + printedPassword + "@" + server.Addr + "/0"
	secrets := derived(t)
	for name, secret := range map[string]string{"key": printedKey, "fallback": printedFallback, "debug token": printedToken,
		"Redis password": printedPassword, "Sentinel password": printedSentinel} {
		secrets[name] = secret
	}
	seen := &printedTypes{}
	p := newPrinter(t, secrets, seen)
	cfg := printedConfig(url)
	prints(p, "configuration", cfg)
	prints(p, "configuration with defaults", cfg.WithDefaults())
	prints(p, "Sentinel's configuration", printedConfig("redis+sentinel://:"+printedPassword+"@h:1/m?sentinel_password="+printedSentinel).Settings())
	prints(p, "key", cfg.SecretKey)
	prints(p, "cookie settings", cfg.Cookie)

	opened, err := stores.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	files, err := file.Open(filepath.Join(t.TempDir(), "sessions"))
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr, Password: printedPassword})
	t.Cleanup(func() { client.Close() })
	prints(p, "store options", redis.WithLogger(slog.Default()))
	for name, store := range map[string]driver.Store{
		"memory": memstore.New(0), "file": files, "Redis": opened, "Redis with the app's client": redis.New(client),
	} {
		t.Run(name, func(t *testing.T) {
			printsOfAManager(t, secrets, seen, cfg, store)
		})
	}
	for name, client := range map[string]goredis.UniversalClient{
		"Sentinel": goredis.NewFailoverClient(&goredis.FailoverOptions{MasterName: "m", SentinelAddrs: []string{server.Addr}, Password: printedPassword, SentinelPassword: printedSentinel}),
		"Cluster":  goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: []string{server.Addr}, Password: printedPassword}),
		"Ring":     goredis.NewRing(&goredis.RingOptions{Addrs: map[string]string{"a": server.Addr}, Password: printedPassword}),
	} {
		t.Cleanup(func() { client.Close() })
		prints(p, "store on a "+name, redis.New(client))
	}
	wrong := cfg
	wrong.RedisURL = config.NewSecret("redis://:" + printedPassword + "x@" + server.Addr)
	_, err = stores.Open(t.Context(), wrong)
	prints(p, "refused log-in", err)
	_, err = stores.Open(t.Context(), config.Config{Store: config.StoreRedis, RedisURL: config.NewSecret("redis://:" + printedPassword + "/@h")})
	prints(p, "bad URL", err)
	_, err = session.NewManager(t.Context(), config.Config{Mode: config.Production, SecretKey: config.NewSecret(printedKey[:30]), RedisURL: cfg.RedisURL}, memstore.New(0))
	prints(p, "refused start", err)
	_, err = file.Open(server.Addr + "\x00")
	prints(p, "bad folder", err)
	prints(p, "rules", check.Rules())
	seen.missNone(t)
}

// printsOfAManager prints what a manager with this store is and hands out,
// during requests, with the visitor's cookie as one secret more.
func printsOfAManager(t *testing.T, secrets map[string]string, seen *printedTypes, cfg config.Config, store driver.Store) {
	m, err := session.NewManager(t.Context(), cfg, store, session.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	reports := debug.New(m)
	set := httpsession.Middleware(m)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := auth.Login(r.Context(), "ada"); err != nil {
			t.Error(err)
		}
	}))
	visit := func(h http.Handler, cookie string) string {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", cookie)
		h.ServeHTTP(w, r)
		name, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
		return name
	}
	cookie := visit(set, "")
	_, value, _ := strings.Cut(cookie, "=v1.")
	random, err := base64.RawURLEncoding.DecodeString(value[:22])
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"visitor's token": value, "visitor's random id": string(random)}
	for name, secret := range secrets {
		all[name] = secret
	}
	p := newPrinter(t, all, seen)
	var busy sync.WaitGroup
	defer busy.Wait()
	stop, end := context.WithCancel(t.Context())
	defer end()
	changes := httpsession.Middleware(m)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s, err := session.From(r.Context())
		if err == nil {
			err = session.Set(s, "n", 1)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	other := visit(set, "")
	busy.Go(func() { // for the race detector
		for stop.Err() == nil {
			visit(changes, other)
		}
	})
	prints(p, "store", store)
	prints(p, "manager", m)
	prints(p, "its configuration", m.Config())
	prints(p, "its keys' fingerprints", m.Diagnostics().Fingerprints())
	prints(p, "its facts", m.Diagnostics().Facts(t.Context()))
	prints(p, "its findings", m.Diagnostics().Findings(t.Context()))
	prints(p, "its worker", m.Diagnostics().Worker())
	prints(p, "its monitor", m.Diagnostics())
	prints(p, "its counts", m.Diagnostics().Counts())
	prints(p, "its activity", m.Diagnostics().Activity())
	prints(p, "what that is made of", diagnose.Options{Config: cfg, Store: store, Keys: m.Diagnostics().Fingerprints()})
	prints(p, "debug handler", reports)
	prints(p, "mounted debug handler", http.StripPrefix("/x", reports))
	prints(p, "middleware", httpsession.Middleware(m))
	prints(p, "handler", set)
	prints(p, "app", struct {
		cfg      config.Config
		store    driver.Store
		sessions *session.Manager
		debug    http.Handler
	}{cfg, store, m, reports})
	prints(p, "finding", check.Run(check.Facts{Config: cfg}))
	in := session.Incoming{Cookies: []string{cookie}}
	print := func(of string, v any) { // what has to be a plain struct, which fmt reads where it calls no methods
		p.seen.add(reflect.TypeOf(v))
		for _, held := range []any{v, struct{ V any }{v}, []any{v}} {
			for _, verb := range verbs {
				if verb == "%p" {
					continue
				}
				p.holdsNone(fmt.Sprintf("%s (%T)", of, v), verb, fmt.Sprintf(verb, held))
			}
			encoded, _ := json.Marshal(held)
			p.holdsNone(fmt.Sprintf("%s (%T)", of, v), "JSON", string(encoded))
		}
	}
	print("incoming", in)
	ctx, x, _ := sessiontest.Open(t.Context(), m, in)
	s, err := session.From(ctx)
	if err != nil || s.Status().State != session.StateLoaded {
		t.Fatal(err, s.Status())
	}
	session.Set(s, "color", "red")
	prints(p, "exchange", x)
	prints(p, "context", ctx)
	prints(p, "session", s)
	prints(p, "status", s.Status())
	prints(p, "message", session.Message{Text: "Saved."})
	prints(p, "login", session.Login{User: "ada", Label: "phone"})
	own, err := auth.Sessions(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	prints(p, "own sessions", own)
	record, err := store.Load(ctx, s.ID())
	if err != nil {
		t.Fatal(err)
	}
	prints(p, "record", record)
	prints(p, "description", store.(driver.Describer).Describe())
	for entry := range store.(driver.Lister).All(ctx) {
		prints(p, "entry", entry)
		break
	}
	_, err = session.Get[int](s, "color")
	prints(p, "type error", err)
	_, err = auth.RequireFresh(ctx, 0)
	stale, _ := errors.AsType[*auth.NotFreshError](err)
	prints(p, "not fresh", stale)
	prints(p, "conflict", &driver.ConflictError{Current: record})
	prints(p, "renewed", &driver.RenewedError{Successor: s.ID()})
	prints(p, "revoked", &driver.RevokedError{Generation: 1})
	prints(p, "session from before", driver.Inheritance{User: "ada", Values: map[string]any{"color": "red"}})
	lazy := stores.NewLazy(func() (*session.Manager, error) { return m, nil })
	prints(p, "manager to be opened", lazy)
	if _, err := lazy.Manager(); err != nil {
		t.Fatal(err)
	}
	prints(p, "manager that was opened", lazy)
	prints(p, "update panic", &session.UpdatePanic{Value: "boom"})
	refused := fmt.Errorf("x: %w", &check.Refusal{Err: err})
	prints(p, "refusal", errors.Unwrap(refused))
	prints(p, "id", s.ID())
	if err := auth.Login(ctx, "eve"); err != nil {
		t.Fatal(err)
	}
	out, err := x.Commit()
	if err != nil || out.SetCookie == "" {
		t.Fatal(err, out)
	}
	_, value, _ = strings.Cut(out.SetCookie, "=v1.")
	p = newPrinter(t, map[string]string{"new token": value}, seen)
	print("outgoing", out)
	prints(p, "session", s)
	visit(httpsession.Middleware(m)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := session.From(r.Context()); err != nil {
			t.Error(err)
		}
		p = newPrinter(t, map[string]string{"token": value}, seen)
		prints(p, "writer", w)
		prints(p, "context", r.Context())
	})), "session=v1."+value)
}
