// Command bench measures sessionkit beside other session libraries, and the
// limit that a router and Redis set:
//
//	go run . [flags]
//
// It prints tables in Markdown; with -write they also replace those in
// docs/performance.md. Nothing passes or fails on time. The benchmarks in
// memory are also there as `go test -bench .`.
//
// One part is measured shortly, to compare before and after a change, with
// -parts, and one library with -contenders:
//
//	go run . -parts loggedin -rounds 3 -contenders 'sessionkit (net|Fiber)'
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gosessionkit/sessionkit/tests/bench/app"
)

// settings are the flags.
type settings struct {
	parts       string
	contenders  string
	shapes      bool
	rounds      int
	benchTime   time.Duration
	duration    time.Duration
	connections int
	sessions    int
	scale       string
	dir         string
	write       string
	profile     string
}

func main() {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			exit(child(os.Args[2:]))
		}
	}
	var s settings
	flag.StringVar(&s.parts, "parts", "memory,http,loggedin,size,loss,scale", "what to measure, with commas between")
	flag.StringVar(&s.contenders, "contenders", ".", "a regular expression for their names")
	flag.BoolVar(&s.shapes, "shapes", false, "the kit with the method sets of the others too")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each is measured; the median counts")
	flag.DurationVar(&s.benchTime, "benchtime", 50*time.Millisecond, "of one benchmark in memory")
	flag.DurationVar(&s.duration, "duration", 700*time.Millisecond, "of one load over HTTP")
	flag.IntVar(&s.connections, "connections", 32, "of the load over HTTP")
	flag.IntVar(&s.sessions, "sessions", 500, "that the requests over HTTP go round")
	flag.StringVar(&s.scale, "scale", "1000,100000,1000000", "how many sessions are present; the largest number is for memory and Redis also on small machines")
	flag.StringVar(&s.dir, "dir", "", "folder for the file store's sessions; default /dev/shm where there is room, or the system's")
	flag.StringVar(&s.write, "write", "", "the `file` whose tables are to be replaced")
	flag.StringVar(&s.profile, "profile", "", "a `folder` for profiles of sessionkit under load over HTTP")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(s.run(ctx))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// children are the processes that the command starts of itself.
var children = map[string]func(args []string) error{
	"worker":    worker,
	"generator": generate,
	"memory":    benchmarkInMemory,
}

// part is one thing to measure. It returns tables in Markdown.
type part struct {
	name    string
	measure func(ctx context.Context, s *settings, list []app.Contender) (string, error)
}

var parts = []part{
	{"memory", measureMemory},
	{"http", measureHTTP},
	{"loggedin", measureLoggedIn},
	{"size", measureSize},
	{"loss", measureLoss},
	{"scale", measureScale},
}

func (s *settings) run(ctx context.Context) error {
	pattern, err := regexp.Compile("(?i)" + s.contenders)
	if err != nil {
		return err
	}
	var list []app.Contender
	for _, c := range slices.Concat(app.All, map[bool][]app.Contender{true: app.Shapes}[s.shapes]) {
		if pattern.MatchString(c.Name()) {
			list = append(list, c)
		}
	}
	sections := map[string]string{"machine": machine(ctx)}
	fmt.Println(sections["machine"])
	for _, p := range parts {
		if !slices.Contains(strings.Split(s.parts, ","), p.name) {
			continue
		}
		text, err := p.measure(ctx, s, list)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("\n## %s\n\n%s", p.name, text)
		sections[p.name] = text
	}
	if s.write == "" {
		return nil
	}
	return replaceSections(s.write, sections)
}
