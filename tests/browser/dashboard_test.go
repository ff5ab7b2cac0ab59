//go:build unix

package browser

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/stores/redis/redistest"
	"github.com/gosessionkit/sessionkit/tests/internal/trial"
)

// Keys as openssl makes them: the checks find fault with a sentence.
const (
	oneKey   = "q3MwPpR0oMzX9tVdUuB6yJ2cE8fKaHsLgN1rT5iWxQA="
	otherKey = "ZkD7vYc4nB1mSgH8jRxL0pTqE2uWfA6oV9iK3yXeJ5M="
	token    = "b8Qf2Jx0Zr6Wd4Ts1Lm9Hv3Np7Ky5Gc="
	password = "jXw5Rk2Vn8Qe4Ty7" // of Redis
)

// deploy starts an app of so many workers for each of the keys, all on one Redis of
// which no check has anything to say.
func deploy(t *testing.T, workers string, keys ...string) (*redistest.Server, []*trial.App) {
	t.Helper()
	requireChromium(t)
	redis := redistest.Start(t, "--appendonly", "yes", "--requirepass", password)
	var apps []*trial.App
	for _, key := range keys {
		apps = append(apps, trial.Start(t, "chi", "SECRET_KEY="+key, "DEBUG_TOKEN="+token, "REDIS_URL=redis://:"+password+"@"+redis.Addr+"/0",
			"--workers", workers, "--debug-endpoints"))
	}
	return redis, apps
}

// operate opens the dashboard as an operator does, with the token in the address,
// where it does not stay.
func operate(t *testing.T, app *trial.App) *tab {
	t.Helper()
	b := newTab(t, app.URL)
	b.open("/debug/?token=" + url.QueryEscape(token))
	if at, err := look[string](b, "location.href"); strings.TrimSuffix(at, "?") != app.URL+"/debug/" || err != nil {
		t.Errorf("the address is %s, %v", at, err)
	}
	return b
}

// pages are those of the dashboard.
var pages = []string{"", "session", "sessions", "config", "workers", "store", "redis", "checks"}

// looksGood judges the page that the tab shows by day and by night, on a desk and
// on a phone.
func (b *tab) looksGood(page string) {
	b.t.Helper()
	for _, v := range []view{desktop, desktopNight, phone, phoneNight} {
		b.through(v)
		b.accessible(page + ", " + v.name)
	}
	b.hidesNothing(page + ", " + phone.name)
}

func TestHealthyDeployment(t *testing.T) {
	t.Parallel()
	trial.Long(t)
	_, apps := deploy(t, "4", oneKey)
	b := operate(t, apps[0])
	b.loadUntil(".verdict", "4 workers share one Redis and one key; nothing is wrong.")
	if marked := b.text("tr.differs"); marked != "" {
		t.Errorf("this row is marked: %s", marked)
	}
	for _, page := range pages {
		b.open("/debug/" + page)
		b.looksGood("/debug/" + page)
	}
}

// The first sentence names the cause, and the row of the worker that is not like
// this one is marked, on both.
func TestTwoKeys(t *testing.T) {
	t.Parallel()
	_, apps := deploy(t, "1", oneKey, otherKey)
	var tabs []*tab
	for _, app := range apps {
		b := operate(t, app)
		b.loadUntil(".verdict", "logins flicker", "signs with", "give every worker the same --secret-key")
		tabs = append(tabs, b)
	}
	for i, b := range tabs {
		this, other := b.text("tr.self .nowrap"), tabs[1-i].text("tr.self .nowrap")
		if marked := b.text("tr.differs .nowrap"); this == "" || marked != other || this == other {
			t.Errorf("the row of %q is marked, this one is %q and the other %q", marked, this, other)
		}
		b.await("tr.differs", "its cookies are refused here", "it refuses ours")
	}
	b := tabs[0]
	b.looksGood("two keys")
	b.click(".verdict a")
	b.await("#secret-key-differs", "found now")
	if at, err := look[string](b, "location.hash"); at != "#secret-key-differs" || err != nil {
		t.Errorf("the link leads to %s, %v", at, err)
	}
	b.click("h1 a")
	b.await(".verdict", "logins flicker")
}

func TestDeadRedis(t *testing.T) {
	t.Parallel()
	trial.Long(t)
	redis, apps := deploy(t, "2", oneKey)
	b := operate(t, apps[0])
	b.loadUntil(".verdict", "nothing is wrong")
	redis.Kill()
	b.loadUntil(".verdict", "nobody can log in", "start Redis, or correct --redis-url")
	b.looksGood("dead Redis")
	b.mayHear("503 (Service Unavailable)") // the answer's own status
	for _, page := range pages {
		b.open("/debug/" + page)
		b.looksGood("dead Redis, /debug/" + page)
	}
}
