package main

import (
	"context"
	"flag"
	"time"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/doctor"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/preflight"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
)

const checkHelp = `
Looks at the settings of an app without starting it: reads flags, environment and
file as the app would, opens the store and asks it, and has one line for every
rule that can be looked at before requests come. For CI, images and systemd:

  sessionkit check
  sessionkit check --env-prefix SHOP --mode production --config /etc/shop.conf
  ExecStartPre=/usr/local/bin/sessionkit check --fail-on error

It takes the kit's own flags, as the app does. With --url it also asks the running
workers, and compares their settings with these one by one:

  sessionkit check --url http://127.0.0.1:8080

Exit status: 0 all is well, 1 there are findings, 2 it could not be tried, 64 misuse.`

func checkCommand(sys system) *ffcli.Command {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	var (
		format  = flags.String("o", "text", "`format`: text or json")
		prefix  = flags.String("env-prefix", "", "`prefix` of the app's environment variables, as in config.WithEnvPrefix")
		address = flags.String("url", "", "`address` of the running app, whose workers are asked too")
		token   = flags.String("token", "", "the app's debug `token`, with --url; better in DEBUG_TOKEN")
		failOn  = flags.String("fail-on", "error", "mildest `severity` that gives exit status 1: error or warning")
	)
	app := appFlags(flags)
	return &ffcli.Command{
		Name: "check", ShortUsage: "sessionkit check [flags]", ShortHelp: "look at the settings and the store before the app starts", LongHelp: checkHelp,
		FlagSet: flags,
		Exec: func(ctx context.Context, args []string) error {
			if len(args) > 0 {
				return misused("what is %q?", args[0])
			}
			out, err := sys.output(*format)
			if err != nil {
				return err
			}
			severity, err := severityOf(*failOn)
			if err != nil {
				return err
			}
			settings := target.Settings{Args: *app, Prefix: *prefix}
			r := preflight.Run(ctx, settings)
			if *address != "" {
				if err := compare(ctx, sys, r, settings, *address, *token); err != nil {
					return err
				}
			}
			if err := r.Write(out); err != nil {
				return err
			}
			return status(r.Exit(severity))
		},
	}
}

// compare goes on with the workers that run.
func compare(ctx context.Context, sys system, r *report.Report, settings target.Settings, address, token string) error {
	url, err := target.URL(address)
	if err != nil {
		return misused("%v", err)
	}
	cfg, err := settings.Parse()
	if err != nil {
		return nil // which the report has said
	}
	o := doctor.Options{URL: url, Token: token, Timeout: 10 * time.Second, Local: target.IsLocal(url)}
	settle(&o, settings, sys.getenv)
	r.URL = url.String()
	doctor.Compare(ctx, o, r, cfg)
	r.Conclude("nothing is wrong with these settings, the store answers, and the workers that run have the same")
	return nil
}
