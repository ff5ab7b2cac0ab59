// Package app is one small app, written once for each session library that
// the benchmarks compare, the way that library's documentation shows.
//
// Every app has the same routes: /plain touches no session, /read reads one
// of ten keys, /write changes one of them, /fill begins a session with ten
// keys and /small one with five, /member and /smallmember do the same for a user
// of its own who logs in, /count adds one and /number says how often, /login,
// /logout and /user are about who is logged in, and /slow changes the session
// long after it has read it. An app that is the bare limit has the first four.
package app

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/gosessionkit/sessionkit/core/driver"
)

// Contender is a session library on a router.
type Contender struct {
	Library string
	Router  string
	Kit     bool // sessionkit itself
	Shape   bool // sessionkit with the method set of another library
	Limit   bool // no sessions: what a router and one or two Redis commands cost
	HasIdle bool // reading can prolong a session
	Open    func(Storage) (*App, error)
}

// Name is unique among All.
func (c Contender) Name() string { return c.Library + " " + c.Router }

// The routers.
const (
	NetHTTP = "net/http"
	Chi     = "chi"
	Echo    = "Echo"
	EchoV5  = "Echo v5"
	Fiber   = "Fiber"
	Gin     = "Gin"
	FiberV3 = "Fiber v3"
)

// All lists the contenders, those to be compared next to each other.
var All = []Contender{
	{Library: "limit", Router: NetHTTP, Limit: true, Open: openLimitNetHTTP},
	{Library: "sessionkit", Router: NetHTTP, Kit: true, HasIdle: true, Open: openKitNetHTTP},
	{Library: "scs", Router: NetHTTP, HasIdle: true, Open: openSCS},
	{Library: "limit", Router: Chi, Limit: true, Open: openLimitChi},
	{Library: "sessionkit", Router: Chi, Kit: true, HasIdle: true, Open: openKitChi},
	{Library: "limit", Router: Echo, Limit: true, Open: openLimitEcho},
	{Library: "sessionkit", Router: Echo, Kit: true, HasIdle: true, Open: openKitEcho},
	{Library: "gorilla", Router: Echo, Open: openGorilla},
	{Library: "limit", Router: EchoV5, Limit: true, Open: openLimitEchoV5},
	{Library: "sessionkit", Router: EchoV5, Kit: true, HasIdle: true, Open: openKitEchoV5},
	{Library: "limit", Router: Fiber, Limit: true, Open: openLimitFiber},
	{Library: "sessionkit", Router: Fiber, Kit: true, HasIdle: true, Open: openKitFiber},
	{Library: "fiber session", Router: Fiber, Open: openFiberSession},
	{Library: "limit", Router: Gin, Limit: true, Open: openLimitGin},
	{Library: "sessionkit", Router: Gin, Kit: true, HasIdle: true, Open: openKitGin},
	{Library: "gin-contrib", Router: Gin, Open: openGinContrib},
	{Library: "limit", Router: FiberV3, Limit: true, Open: openLimitFiberV3},
	{Library: "sessionkit", Router: FiberV3, Kit: true, HasIdle: true, Open: openKitFiberV3},
	{Library: "fiber session", Router: FiberV3, Open: openFiberV3Session},
}

// ByName finds a contender, those of Contexts, Shapes and Counted included.
func ByName(name string) (Contender, error) {
	for _, c := range slices.Concat(All, Contexts, Shapes, Counted) {
		if c.Name() == name {
			return c, nil
		}
	}
	return Contender{}, errors.New("no contender is called " + strconv.Quote(name))
}

// Storage says where an app keeps its sessions.
type Storage struct {
	Redis string        // host:port, "" for memory (gorilla: in the cookie itself)
	DB    int           // in Redis
	Idle  time.Duration // idle timeout where the library has one, 0 for none

	Metrics bool // of sessionkit, in a Prometheus registry
}

// App is a contender ready to serve. One of HTTP and Fast is set.
type App struct {
	HTTP   http.Handler
	Fast   fasthttp.RequestHandler // of Fiber
	Store  driver.Store            // sessionkit's
	listen func(net.Listener) error
	close  func() error
}

// Serve answers requests until the listener is closed.
func (a *App) Serve(l net.Listener) error {
	if a.listen != nil {
		return a.listen(l)
	}
	return (&http.Server{Handler: a.HTTP}).Serve(l)
}

// Close frees what Open opened.
func (a *App) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}

// Key is the key that /read reads and /write writes, one of ten.
const Key = "key-7"

// User is who logs in at /login.
const User = "ada"

var members atomic.Int64

// nextUser is another one each time, under a number as databases give it out.
func nextUser() string { return strconv.FormatInt(1_000_000+members.Add(1), 10) }

// pair is a key with its value.
type pair struct{ key, value string }

// ten is what /fill stores.
var ten = func() (pairs []pair) {
	for i := range 10 {
		n := strconv.Itoa(i)
		pairs = append(pairs, pair{"key-" + n, "some value " + n})
	}
	return pairs
}()

// five is what /small stores: what a session of a small app may hold.
var five = []pair{{"nick", "ada"}, {"name", "Ada Lovelace"}, {"locale", "en-GB"}, {"theme", "dark"}, {"cart", "3"}}

var written atomic.Int64

// nextValue is another one each time, of always the same length.
func nextValue() string { return strconv.FormatInt(1_000_000_000_000+written.Add(1), 10) }

// Five is what /small stores: keys and values in turn.
func Five() (list []any) {
	for _, p := range five {
		list = append(list, p.key, p.value)
	}
	return list
}
