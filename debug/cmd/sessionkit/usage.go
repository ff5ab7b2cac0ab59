package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/peterbourgon/ff/v3/ffcli"
)

// usage is the help of a command: what it does first, the flags last.
func usage(c *ffcli.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s\n\n%s\n", c.ShortUsage, strings.TrimSpace(c.LongHelp))
	if len(c.Subcommands) > 0 {
		b.WriteString("\nCommands:\n")
		for _, sub := range c.Subcommands {
			fmt.Fprintf(&b, "  %-10s %s\n", sub.Name, sub.ShortHelp)
		}
	}
	var flags strings.Builder
	c.FlagSet.VisitAll(func(f *flag.Flag) {
		if _, passed := f.Value.(passed); passed {
			return
		}
		name, text := flag.UnquoteUsage(f)
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			text += " (" + f.DefValue + ")"
		}
		fmt.Fprintf(&flags, "  %-22s %s\n", strings.TrimSpace(dashes+f.Name+" "+strings.ToUpper(name)), text)
	})
	if flags.Len() > 0 {
		b.WriteString("\nFlags:\n" + flags.String())
	}
	if c.FlagSet.Lookup("session-dir") != nil {
		b.WriteString("\nand the kit's own, such as --redis-url, --session-dir and --config (docs/configuration.md)\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
