package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/peterbourgon/ff/v3/ffcli"
)

func versionCommand(sys system) *ffcli.Command {
	return &ffcli.Command{
		Name: "version", ShortUsage: "sessionkit version", ShortHelp: "print the version",
		LongHelp: "Prints the version of this command and of Go.\n\n  sessionkit version",
		FlagSet:  flag.NewFlagSet("version", flag.ContinueOnError),
		Exec: func(context.Context, []string) error {
			version := "devel"
			if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" && build.Main.Version != "(devel)" {
				version = build.Main.Version
			}
			_, err := fmt.Fprintf(sys.out, "sessionkit %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
