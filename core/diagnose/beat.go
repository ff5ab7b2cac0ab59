package diagnose

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gosessionkit/sessionkit/core/driver"

	"github.com/gosessionkit/sessionkit/core/config"
	"github.com/gosessionkit/sessionkit/core/diagnose/worker"
)

// beat keeps up, in the background and off the request path, what a worker
// and its store know of each other: the store's origin, which a store that
// was emptied gets back from the first worker that notices, that this worker is
// alive, and now and then who else is.
func (m *Monitor) beat(ctx context.Context) {
	ticker := time.NewTicker(worker.Beat)
	defer ticker.Stop()
	failing := false
	for n := 0; ; n++ {
		err := m.recognize(ctx)
		if err == nil {
			err = m.announce(ctx)
		}
		m.lastBeat.Store(&err)
		if failed := err != nil && ctx.Err() == nil; failed != failing {
			failing = failed
			if failed {
				m.log.Warn("session: the store did not take this worker's heartbeat", "error", err)
			} else {
				m.log.Info("session: the store takes this worker's heartbeat again")
			}
		}
		if err == nil && n%watchEvery == 1 {
			m.watch(ctx)
			m.seekLosses(ctx)
			if m.counters.Load() != nil { // somebody looks
				m.examineSelf(ctx)
			}
		}
		select {
		case <-ctx.Done():
			m.withdraw()
			return
		case <-ticker.C:
		}
	}
}

// recognize makes sure of the store's origin. It comes before the
// announcement, which names it, so that a beat is enough for all workers to
// agree and to say so.
func (m *Monitor) recognize(ctx context.Context) error {
	before := m.StoreID()
	err := m.identify(ctx)
	if now := m.StoreID(); now != before {
		m.log.Warn("session: the store has another id than before: it was emptied or replaced while this worker ran",
			"was", before.String(), "is", now.String())
	}
	return err
}

// announce says that this worker is alive, and once more when its clock has
// turned out to be off: who reads the announcement corrects its time by what
// it says of the clock.
func (m *Monitor) announce(ctx context.Context) error {
	registry, ok := m.store.(driver.Registry)
	if !ok {
		return nil
	}
	ctx, cancel := m.bound(ctx)
	defer cancel()
	for range 2 {
		info := m.Worker()
		info.Activity = m.Activity()
		if told := m.told.Load(); told != nil {
			info.Findings = *told
		}
		raw, err := json.Marshal(info)
		if err != nil {
			return err
		}
		now, err := registry.Announce(ctx, info.ID, raw, worker.TTL)
		if err != nil || now.IsZero() {
			return err
		}
		skew := info.Clock.Sub(now)
		m.skew.Store(int64(skew))
		if (skew - info.Skew).Abs() < time.Second {
			break
		}
	}
	return nil
}

// BeatError is why the store did not take this worker's last sign of life, so
// that the others will think it gone; nil when it did, and before the first.
func (m *Monitor) BeatError() error {
	if err := m.beats().lastBeat.Load(); err != nil {
		return *err
	}
	return nil
}

func (m *Monitor) withdraw() {
	if registry, ok := m.store.(driver.Registry); ok {
		ctx, cancel := m.bound(context.Background())
		defer cancel()
		registry.Withdraw(ctx, m.self.ID) // otherwise it ages out
	}
}

// Worker says who this worker is.
func (m *Monitor) Worker() worker.Info {
	info := m.self
	info.Keys = slices.Clone(info.Keys)
	info.StoreID = m.StoreID().String()
	info.Clock = m.now()
	info.Skew = time.Duration(m.beats().skew.Load())
	if f, ok := m.framework.Load().(string); ok {
		info.Framework = f
	}
	return info
}

// Workers lists the live workers that share this one's store, the oldest
// first; itself among them once it has announced itself. Where the store
// keeps no registry it is the only one. See [worker.Peers] for who does
// not count.
func (m *Monitor) Workers(ctx context.Context) ([]worker.Info, error) {
	registry, ok := m.store.(driver.Registry)
	if !ok {
		return []worker.Info{m.Worker()}, nil
	}
	ctx, cancel := m.bound(ctx)
	defer cancel()
	list, err := worker.List(ctx, registry)
	return worker.Peers(list, m.self), err
}

// SetFramework records the name of the router that the manager is used with,
// for reports. Adapters call it.
func (m *Monitor) SetFramework(name string) { m.framework.Store(name) }

// SetRoute records how the router tells the pattern of the route, "" for none,
// from a request's context. Adapters call it whose router does not set
// http.Request.Pattern in all of its versions.
func (m *Monitor) SetRoute(pattern func(context.Context) string) { m.route.Store(pattern) }

func (m *Monitor) introduce() worker.Info {
	var id [4]byte
	rand.Read(id[:])
	host, _ := os.Hostname()
	info := worker.Info{
		ID:       hex.EncodeToString(id[:]),
		PID:      os.Getpid(),
		PIDSpace: worker.PIDSpace(),
		Host:     host,
		App:      worker.App(),
		Started:  m.now(),
		Version:  version(),
		Mode:     string(m.cfg.Mode),
		Store:    Describe(m.store).Kind,
		Cookie:   m.cfg.Cookie.Name,
		Config:   configFingerprint(m.cfg),
		Settings: sharedSettings(m.cfg),
		Workers:  m.cfg.Workers,
		Prefork:  isPreforked(),
	}
	if info.Prefork {
		info.Supervisor = os.Getppid()
	}
	for _, print := range m.keys {
		info.Keys = append(info.Keys, print.String())
	}
	return info
}

// Describe is what the store says it is or, when it says nothing, its Go type.
func Describe(store driver.Store) driver.Description {
	if d, ok := store.(driver.Describer); ok {
		return d.Describe()
	}
	return driver.Description{Kind: fmt.Sprintf("%T", store)}
}

// configFingerprint tells configurations apart that should be the same on
// every worker. Secrets have fingerprints of their own.
func configFingerprint(c config.Config) string {
	shared := fmt.Sprint(c.Mode, c.Prefix, c.Lifetime, c.AnonymousLifetime, c.IdleTimeout, c.MaxRecordSize, c.Cookie, c.TrustProxy)
	if len(c.TokenFrom) != 1 || c.TokenFrom[0] != config.TokenCookie { // which workers of earlier versions do not know
		shared += fmt.Sprint(c.TokenFrom)
	}
	if c.MaxPerUser > 0 { // nor this
		shared += fmt.Sprint(" max ", c.MaxPerUser)
	}
	sum := sha256.Sum256([]byte(shared))
	return hex.EncodeToString(sum[:4])
}

func version() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range build.Deps {
			if dep.Path == "github.com/gosessionkit/sessionkit/core" && strings.HasPrefix(dep.Version, "v") && dep.Replace == nil {
				return dep.Version
			}
		}
	}
	return "devel"
}

// isPreforked reports whether Fiber's prefork has started this process, which the
// environment says. Fiber v3 came to leave it to fasthttp's.
func isPreforked() bool {
	return os.Getenv("FIBER_PREFORK_CHILD") != "" || os.Getenv("FASTHTTP_PREFORK_CHILD") != ""
}
