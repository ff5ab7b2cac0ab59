// Command release gives all modules of the workspace one version, checks that it can
// be one, and tags them. Without -tag it only says what it would do.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const help = `usage: go run ./tests/release [-tag] VERSION

Gives every module of the workspace the version, such as v0.2.0, in a commit of its
own, and tags each with its folder (core/v0.2.0), in the order of dependencies.
Before that it checks that

  - nothing in the clone waits to be committed, and HEAD is on a branch
  - the version comes after the last one, and is no tag yet
  - the changelog says what is new, under Unreleased
  - go mod tidy has nothing to do in any module
  - nothing that apps rest on was changed, unless the version may do that

All of it happens in a folder aside. Without -tag nothing in the clone is changed.
See docs/releasing.md.

  -tag    move the branch to the new commits, and tag
`

func main() {
	here, err := clone()
	if err == nil {
		err = here.release(os.Args[1:], os.Stdout)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release does what the arguments say, in a clone.
func (f folder) release(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { fmt.Fprint(out, help) }
	tag := flags.Bool("tag", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name one version, such as v0.2.0; -help tells more")
	}
	r := release{clone: f, version: flags.Arg(0), out: out}
	defer r.clean()
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.build(); err != nil {
		return err
	}
	if !*tag {
		fmt.Fprintf(out, "\nNothing was changed. To do it: go run ./tests/release -tag %s\n", r.version)
		return nil
	}
	return r.publish()
}
