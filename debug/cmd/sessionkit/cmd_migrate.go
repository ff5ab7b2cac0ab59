package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/migrate"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
	"github.com/gosessionkit/sessionkit/stores"
	"github.com/gosessionkit/sessionkit/stores/moving"
)

const migrateHelp = `
Moves all sessions from one store to another: files, Redis, another prefix,
another database, either way. Ids, revisions, expiries and users stay, so
cookies stay good and nobody is logged out.

  sessionkit migrate --from file:///var/lib/shop/sessions --to redis://127.0.0.1:6379/0
  sessionkit migrate --from 'redis://127.0.0.1:6379/0?prefix=old:' --to redis://127.0.0.1:6379/1 --dry-run

Each session is created in the new store and then removed from the old one, by a
compare-and-swap each. Stopped or killed, it can be run again. While an app runs
it has to bring sessions over itself (--session-migrate-from, docs/changes.md):
this command then moves those that nobody asks for, at a --rate that leaves the
stores to the visitors.

Exit status: 0 all have come over, 1 some could not or differ, 2 it could not be tried.`

func migrateCommand(sys system) *ffcli.Command {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	var (
		format      = flags.String("o", "text", "`format`: text or json")
		from        = flags.String("from", "", "the old store, a `URL`: a Redis URL, with ?prefix= where it has another one, or file:///folder; default: --session-migrate-from of the app")
		to          = flags.String("to", "", "the new store, a `URL`; default: the app's")
		dryRun      = flags.Bool("dry-run", false, "count what would move, and move nothing")
		rate        = flags.Int("rate", 0, "most sessions a second, a `number`; 0: no limit")
		verify      = flags.Bool("verify", false, "load each session from the new store and compare")
		concurrency = flags.Int("concurrency", 8, "sessions at a time, a `number`")
		prefix      = flags.String("env-prefix", "", "`prefix` of the app's environment variables, as in config.WithEnvPrefix")
	)
	app := appFlags(flags)
	return &ffcli.Command{
		Name: "migrate", ShortUsage: "sessionkit migrate --from URL --to URL [flags]", ShortHelp: "move all sessions to another store", LongHelp: migrateHelp, FlagSet: flags,
		Exec: func(ctx context.Context, args []string) error {
			out, err := sys.output(*format)
			switch {
			case err != nil:
				return err
			case len(args) > 0:
				return misused("what is %q?", args[0])
			case *rate < 0 || *concurrency < 1:
				return misused("--rate and --concurrency are positive")
			}
			source, sink, err := openBoth(ctx, target.Settings{Args: *app, Prefix: *prefix}, *from, *to)
			if err != nil {
				return err
			}
			defer source.Close()
			defer sink.Close()
			r, err := migrate.Run(ctx, sink, source, migrate.Options{DryRun: *dryRun, Verify: *verify, Rate: *rate, Concurrency: *concurrency, Progress: term.NewProgress(sys.err)})
			if told := tell(out, r); told != nil {
				return told
			}
			if err != nil {
				return err
			}
			if r.Failed+r.Differ > 0 {
				return exitError(1)
			}
			return nil
		},
	}
}

// openBoth opens the store that sessions come from and the one that they go to.
func openBoth(ctx context.Context, settings target.Settings, from, to string) (source, sink moving.Backend, err error) {
	cfg, err := settings.Parse()
	if err != nil {
		return nil, nil, err
	}
	if from == "" {
		from = cfg.MigrateFrom.Reveal()
	}
	if from == "" {
		return nil, nil, misused("from where? Give --from")
	}
	quiet := stores.WithLogger(slog.New(slog.DiscardHandler))
	if to == "" {
		cfg.MigrateFrom = target.Secret("")
		if !target.Named(cfg) {
			return nil, nil, misused("where to? Give --to, or run this with the app's settings")
		}
		store, err := stores.Open(ctx, cfg, quiet)
		if err != nil {
			return nil, nil, err
		}
		var ok bool
		if sink, ok = store.(moving.Backend); !ok || sink.Describe().Private {
			return nil, nil, fmt.Errorf("sessions in memory are in the app's own process: give --to")
		}
	} else if sink, err = stores.OpenURL(ctx, to, cfg, quiet); err != nil {
		return nil, nil, fmt.Errorf("--to: %w", err)
	}
	if source, err = stores.OpenURL(ctx, from, cfg, quiet); err != nil {
		sink.Close()
		return nil, nil, fmt.Errorf("--from: %w", err)
	}
	return source, sink, nil
}

func tell(out term.Output, r *migrate.Result) error {
	if out.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	if r.DryRun {
		_, err := fmt.Fprintf(out, "would move: %d\n", r.Found)
		return err
	}
	_, err := fmt.Fprintf(out, "found: %d, moved: %d, brought over or ended by others meanwhile: %d", r.Found, r.Moved, r.Others)
	if err == nil && r.Verified+r.Differ > 0 {
		_, err = fmt.Fprintf(out, ", verified: %d, differ: %d", r.Verified, r.Differ)
	}
	if err == nil && r.Failed > 0 {
		_, err = fmt.Fprintf(out, ", failed: %d, the first: %s", r.Failed, r.Error)
	}
	if err == nil {
		_, err = fmt.Fprintln(out)
	}
	return err
}
