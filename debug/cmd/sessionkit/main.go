// Command sessionkit tells what is wrong with the sessions of an app, and looks
// after them. `sessionkit --help` lists what it can do.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/peterbourgon/ff/v3/ffcli"

	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/report"
	"github.com/gosessionkit/sessionkit/debug/cmd/sessionkit/internal/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], system{os.Stdin, os.Stdout, os.Stderr, os.Getenv}))
}

// system is what a command has of the process that it runs in.
type system struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// exitError is the exit status of a command that has said what there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a wrong use of a command.
type usageError string

func (e usageError) Error() string { return string(e) }

func misused(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// run runs a command and returns its exit status.
func run(ctx context.Context, args []string, sys system) int {
	help := &bytes.Buffer{}
	root := commands(sys, help)
	if err := root.Parse(protectIDs(root, args)); err != nil {
		return misuse(root, err, help, sys)
	}
	err := root.Run(ctx)
	var exit exitError
	var usage usageError
	switch {
	case err == nil:
		return report.ExitOK
	case errors.As(err, &exit):
		return int(exit)
	case errors.Is(err, flag.ErrHelp):
		io.Copy(sys.out, help)
		return report.ExitOK
	case errors.As(err, &usage):
		fmt.Fprintf(sys.err, "sessionkit: %v; --help says more\n", err)
		return report.ExitUsage
	}
	fmt.Fprintf(sys.err, "sessionkit: %v\n", err)
	return report.ExitUntried
}

// misuse says what is wrong with the arguments, or helps who asks for help.
func misuse(root *ffcli.Command, err error, help *bytes.Buffer, sys system) int {
	var incomplete ffcli.NoExecError
	switch {
	case errors.Is(err, flag.ErrHelp):
		io.Copy(sys.out, help)
		return report.ExitOK
	case errors.As(err, &incomplete) && incomplete.Command.FlagSet.NArg() > 0:
		fmt.Fprintf(sys.err, "sessionkit: there is no command %q; --help lists them\n", incomplete.Command.FlagSet.Arg(0))
	case errors.As(err, &incomplete):
		fmt.Fprintln(sys.err, usage(incomplete.Command))
	default:
		if inner := errors.Unwrap(err); inner != nil { // it is known already that arguments were parsed
			err = inner
		}
		fmt.Fprintf(sys.err, "sessionkit: %v; --help says more\n", err)
	}
	return report.ExitUsage
}

// commands are all there are.
func commands(sys system, help *bytes.Buffer) *ffcli.Command {
	list := []*ffcli.Command{doctorCommand(sys), checkCommand(sys), sessionsCommand(sys), migrateCommand(sys), keygenCommand(sys), versionCommand(sys)}
	root := &ffcli.Command{
		Name:       "sessionkit",
		ShortUsage: "sessionkit <command> [flags]",
		ShortHelp:  "what is wrong with the sessions of an app, and what to do about it",
		LongHelp: `An app runs and its users are logged out:

  sessionkit doctor http://127.0.0.1:8080

names the cause and its fix in the first two lines. Before an app starts, in CI
or as ExecStartPre:

  sessionkit check

Every command has --help with examples. Exit status: 0 all is well, 1 there are
findings, 2 it could not be tried, 64 it was used wrongly.`,
		Subcommands: list,
	}
	dress(root, help)
	return root
}

// dress gives a command and those below it their help, which is written to help.
func dress(c *ffcli.Command, help *bytes.Buffer) {
	if c.FlagSet == nil {
		c.FlagSet = flag.NewFlagSet(c.Name, flag.ContinueOnError)
	}
	c.FlagSet.SetOutput(help)
	c.UsageFunc = usage
	if exec := c.Exec; exec != nil {
		c.Exec = func(ctx context.Context, args []string) error {
			args, err := parseBehind(c.FlagSet, args)
			if err != nil {
				help.Reset() // ffcli writes it once more
				return err
			}
			return exec(ctx, args)
		}
	}
	for _, sub := range c.Subcommands {
		dress(sub, help)
	}
}

// parseBehind parses the flags that stand behind arguments, and returns the
// latter.
func parseBehind(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		rest = append(rest, args[0])
		if err := flags.Parse(args[1:]); err != nil {
			if !errors.Is(err, flag.ErrHelp) {
				err = usageError(err.Error())
			}
			return nil, err
		}
		args = flags.Args()
	}
	return rest, nil
}

// output is where a command prints, as -o says.
func (sys system) output(format string) (term.Output, error) {
	out := term.Output{Writer: sys.out, JSON: format == "json", Colour: term.Colours(sys.out, sys.getenv)}
	if format != "json" && format != "text" {
		return out, misused("-o is text or json, and not %q", format)
	}
	return out, nil
}
