package config

import (
	"flag"
	"fmt"
	"os"
)

// parseBriefly is fs.Parse, but what is wrong is one line, without some sixty of
// usage behind it: those are for who asks for help.
func parseBriefly(fs *flag.FlagSet, args []string) error {
	name, handling, usage := fs.Name(), fs.ErrorHandling(), fs.Usage
	fs.Init(name, flag.ContinueOnError)
	fs.Usage = func() {}
	err := fs.Parse(args)
	fs.Init(name, handling)
	fs.Usage = usage
	if err == flag.ErrHelp {
		printUsage(fs)
	}
	switch {
	case err == nil || handling == flag.ContinueOnError:
		return err
	case handling == flag.PanicOnError:
		panic(err)
	case err == flag.ErrHelp:
		os.Exit(0)
	}
	os.Exit(2)
	return nil
}

// printUsage does what package flag does.
func printUsage(fs *flag.FlagSet) {
	switch {
	case fs.Usage != nil:
		fs.Usage()
		return
	case fs.Name() == "":
		fmt.Fprintln(fs.Output(), "Usage:")
	default:
		fmt.Fprintf(fs.Output(), "Usage of %s:\n", fs.Name())
	}
	fs.PrintDefaults()
}
