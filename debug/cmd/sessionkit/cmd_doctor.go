package main

import (
	"context"
	"flag"
	"slices"
	"strings"
	"time"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/core/check"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/doctor"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/preflight"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

const doctorHelp = `
Tries a running app whose debug endpoints are on, as browsers would and over all
its workers, and says in the first line what is wrong, and in the second how to
mend it. It asks every worker that answers for its settings and findings; uses
one session on all of them; counts in it from several connections at a time;
renews it and ends it; shows them forged cookies; and looks whether a browser
would keep the cookie. It touches nobody else's session.

  sessionkit doctor http://127.0.0.1:8080
  sessionkit doctor -o json --min-workers 3 https://shop.example

In the app's own environment it has the app's debug token: DEBUG_TOKEN, or the
one that SECRET_KEY gives. Elsewhere set DEBUG_TOKEN. Where nothing answers on
this machine, and the environment is the app's, it goes on with "check". It takes
the kit's own flags, as the app does:

  sessionkit doctor --redis-url redis://127.0.0.1:6379 http://127.0.0.1:8080

Exit status: 0 sessions hold, 1 they do not, 2 it could not be tried, 64 misuse.`

// gently is how much is asked of an app on another machine, unless told.
const gently = 24

func doctorCommand(sys system) *ffcli.Command {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	var (
		format      = flags.String("o", "text", "`format`: text or json")
		token       = flags.String("token", "", "the app's debug `token`; better in DEBUG_TOKEN, since everybody on the machine can see arguments")
		requests    = flags.Int("requests", 0, "most requests of a step, a `number`: 60, and 24 for an app on another machine")
		concurrency = flags.Int("concurrency", 0, "requests at a time, a `number`: 8, and 4 for an app on another machine")
		timeout     = flags.Duration("timeout", 10*time.Second, "longest to wait for an answer, a `duration`")
		minWorkers  = flags.Int("min-workers", 2, "how many workers are expected to answer, a `number`")
		only        = flags.String("only", "", "`steps` to do and no others, by commas: "+strings.Join(doctor.Steps, ","))
		skip        = flags.String("skip", "", "`steps` to leave out, by commas")
		failOn      = flags.String("fail-on", "error", "mildest `severity` that gives exit status 1: error or warning")
		prefix      = flags.String("env-prefix", "", "`prefix` of the app's environment variables, as in config.WithEnvPrefix")
	)
	app := appFlags(flags)
	return &ffcli.Command{
		Name: "doctor", ShortUsage: "sessionkit doctor [flags] URL", ShortHelp: "try a running app, and name what is wrong", LongHelp: doctorHelp,
		FlagSet: flags,
		Exec: func(ctx context.Context, args []string) error {
			if len(args) != 1 {
				return misused("one app at a time: give its address behind the flags, such as http://127.0.0.1:8080")
			}
			out, err := sys.output(*format)
			if err != nil {
				return err
			}
			url, err := target.URL(args[0])
			if err != nil {
				return misused("%v", err)
			}
			options := doctor.Options{URL: url, Token: *token, Requests: *requests, Concurrency: *concurrency, Timeout: *timeout, MinWorkers: *minWorkers,
				Only: list(*only), Skip: list(*skip), Local: target.IsLocal(url), Progress: term.NewProgress(sys.err)}
			for _, step := range append(slices.Clone(options.Only), options.Skip...) {
				if !slices.Contains(doctor.Steps, step) {
					return misused("there is no step %q: they are %s", step, strings.Join(doctor.Steps, ", "))
				}
			}
			severity, err := severityOf(*failOn)
			if err != nil {
				return err
			}
			if *requests < 0 || *concurrency < 0 || *minWorkers < 0 || *timeout <= 0 {
				return misused("--requests, --concurrency, --min-workers and --timeout are positive")
			}
			settle(&options, target.Settings{Args: *app, Prefix: *prefix}, sys.getenv)
			r := doctor.Run(ctx, options)
			if err := r.Write(out); err != nil {
				return err
			}
			return status(r.Exit(severity))
		},
	}
}

// settle fills in what is not said: how much to ask, and what the environment
// tells of the app.
func settle(o *doctor.Options, settings target.Settings, getenv func(string) string) {
	most, atOnce := 60, 8
	if !o.Local {
		most, atOnce = gently, 4
	}
	if o.Requests == 0 {
		o.Requests = most
	}
	if o.Concurrency == 0 {
		o.Concurrency = atOnce
	}
	cfg, err := settings.Parse()
	if o.Local && (err != nil || target.Named(cfg)) {
		o.Check = func(ctx context.Context) *report.Report { return preflight.Run(ctx, settings) }
	}
	if o.Token == "" {
		o.Token = getenv("DEBUG_TOKEN")
	}
	if o.Token == "" && err == nil {
		token, derived := target.Token(cfg)
		if !derived || o.Local || o.URL.Scheme == "https" { // one that nobody has named is not sent in the clear
			o.Token, o.Derived = token, derived
		}
	}
}

func list(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func severityOf(text string) (check.Severity, error) {
	switch s := check.Severity(text); s {
	case check.Error, check.Warning:
		return s, nil
	}
	return "", misused("--fail-on is error or warning, and not %q", text)
}

// status makes an exit status of a command's.
func status(code int) error {
	if code == report.ExitOK {
		return nil
	}
	return exitError(code)
}
