package main

import (
	"context"
	"flag"
	"time"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/keep"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/target"
)

const sessionsHelp = `
Looks after the sessions in a store: the one that the app's own flags, environment
and file name.

  sessionkit sessions list --redis-url redis://127.0.0.1:6379
  sessionkit sessions show hzdmmunV
  sessionkit sessions end --user ada --yes

Sessions are named by the beginning of their id in the store, as in the log and
in /debug/session; no cookie can be made of it. What an ended session's browser
sends next is a new one's request. An id that begins with two dashes goes behind
a "--" of its own.`

// common are the flags of all commands below sessions.
type common struct {
	format, prefix *string
	app            *[]string
	timeout        *time.Duration
}

func commonFlags(flags *flag.FlagSet) common {
	return common{
		format:  flags.String("o", "text", "`format`: text or json"),
		prefix:  flags.String("env-prefix", "", "`prefix` of the app's environment variables, as in config.WithEnvPrefix"),
		timeout: flags.Duration("timeout", time.Minute, "longest to work, a `duration`: what was found by then is told"),
		app:     appFlags(flags),
	}
}

func sessionsCommand(sys system) *ffcli.Command {
	sub := func(name, args, short, long string, define func(flags *flag.FlagSet) func(ctx context.Context, k *keep.Keeper, args []string) error) *ffcli.Command {
		flags := flag.NewFlagSet(name, flag.ContinueOnError)
		c := commonFlags(flags)
		do := define(flags)
		return &ffcli.Command{
			Name: name, ShortUsage: "sessionkit sessions " + name + " [flags]" + args, ShortHelp: short, LongHelp: long, FlagSet: flags,
			Exec: func(ctx context.Context, args []string) error {
				out, err := sys.output(*c.format)
				if err != nil {
					return err
				}
				if usage := keep.Usage(name, args); usage != "" && flags.Lookup("user") == nil {
					return misused("%s", usage)
				}
				ctx, cancel := context.WithTimeout(ctx, *c.timeout)
				defer cancel()
				k, err := keep.Open(ctx, target.Settings{Args: *c.app, Prefix: *c.prefix}, out)
				if err != nil {
					return err
				}
				defer k.Close()
				return do(ctx, k, args)
			},
		}
	}
	return &ffcli.Command{
		Name: "sessions", ShortUsage: "sessionkit sessions <command> [flags]", ShortHelp: "list, show, end and count sessions in a store", LongHelp: sessionsHelp,
		Subcommands: []*ffcli.Command{
			sub("list", "", "list sessions", "\nLists live sessions, those of a user by the index of users, without their values.\n\n  sessionkit sessions list --user ada\n  sessionkit sessions list --limit 20 -o json",
				func(flags *flag.FlagSet) func(context.Context, *keep.Keeper, []string) error {
					user := flags.String("user", "", "those of this `user` alone")
					limit := flags.Int("limit", 100, "most to list, a `number`")
					return func(ctx context.Context, k *keep.Keeper, args []string) error {
						if len(args) > 0 || *limit <= 0 {
							return misused("list takes no argument, and --limit is 1 or more")
						}
						return k.List(ctx, *user, *limit)
					}
				}),
			sub("show", " ID", "show a session", "\nShows a session, named by its id or the beginning of it: 8 characters do, as a rule.\nOf its values the name and the size are shown, unless --values.\n\n  sessionkit sessions show hzdmmunV\n  sessionkit sessions show --values hzdmmunV",
				func(flags *flag.FlagSet) func(context.Context, *keep.Keeper, []string) error {
					values := flags.Bool("values", false, "show the values too")
					return func(ctx context.Context, k *keep.Keeper, args []string) error { return k.Show(ctx, args[0], *values) }
				}),
			sub("end", " ID", "end a session, or all of a user's", "\nEnds a session, at once and on every worker, or all sessions of a user, those too\nthat the index has lost. The latter wants --yes.\n\n  sessionkit sessions end hzdmmunV\n  sessionkit sessions end --user ada --yes",
				func(flags *flag.FlagSet) func(context.Context, *keep.Keeper, []string) error {
					user := flags.String("user", "", "all of this `user`")
					yes := flags.Bool("yes", false, "end more than one without being asked again")
					return func(ctx context.Context, k *keep.Keeper, args []string) error {
						switch {
						case (*user == "") != (len(args) == 1):
							return misused("which? Give the id of a session, or --user")
						case *user == "":
							return k.End(ctx, args[0])
						case !*yes:
							return misused("this ends all sessions of %q: say --yes", *user)
						}
						return k.EndUser(ctx, *user)
					}
				}),
			sub("count", "", "count sessions", "\nCounts live sessions, for --timeout at most: then it says \"or more\".\n\n  sessionkit sessions count",
				func(*flag.FlagSet) func(context.Context, *keep.Keeper, []string) error {
					return func(ctx context.Context, k *keep.Keeper, _ []string) error { return k.Count(ctx) }
				}),
			sub("sweep", "", "remove what has expired", "\nRemoves expired sessions from a store that does not forget them by itself: files.\nAn app that runs does so too, in the background.\n\n  sessionkit sessions sweep",
				func(*flag.FlagSet) func(context.Context, *keep.Keeper, []string) error {
					return func(ctx context.Context, k *keep.Keeper, _ []string) error { return k.Sweep(ctx) }
				}),
		},
	}
}
