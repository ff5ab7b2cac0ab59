package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/peterbourgon/ff/v3/ffcli"
)

// dashedID is what an id, or the beginning of one, looks like when its first
// character is a dash: one id in 64.
var dashedID = regexp.MustCompile(`^-[A-Za-z0-9_][A-Za-z0-9_-]{2,20}$`)

// protectIDs puts a space before ids that package flag would take for flags,
// so that what was copied from a list can be pasted. Names and values of flags
// stay as they are.
func protectIDs(root *ffcli.Command, args []string) []string {
	if len(args) < 3 || args[0] != "sessions" || args[1] != "show" && args[1] != "end" {
		return args
	}
	args = slices.Clone(args)
	flags := subcommand(subcommand(root, args[0]), args[1]).FlagSet
	for i := 2; i < len(args) && args[i] != "--"; i++ {
		name, _, hasValue := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[i], "-"), "-"), "=")
		switch f := flags.Lookup(name); {
		case !strings.HasPrefix(args[i], "-"):
		case f != nil:
			if b, ok := f.Value.(interface{ IsBoolFlag() bool }); !hasValue && !(ok && b.IsBoolFlag()) {
				i++ // its value
			}
		case name != "help" && dashedID.MatchString(args[i]):
			args[i] = " " + args[i]
		}
	}
	return args
}

func subcommand(c *ffcli.Command, name string) *ffcli.Command {
	i := slices.IndexFunc(c.Subcommands, func(sub *ffcli.Command) bool { return sub.Name == name })
	return c.Subcommands[i]
}
