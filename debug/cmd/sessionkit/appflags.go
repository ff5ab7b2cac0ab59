package main

import (
	"flag"

	"github.com/gosessionkit/sessionkit/core/config"
)

// appFlags adds the kit's own flags, those that an app takes, and returns what
// was given of them, as arguments.
func appFlags(flags *flag.FlagSet) *[]string {
	given := &[]string{}
	names := map[string]bool{} // and whether each may stand without a value
	for _, s := range (config.Config{}).Settings() {
		names[s.Flag] = s.Value == "true" || s.Value == "false"
	}
	for _, secret := range []string{"secret-key", "secret-key-fallbacks", "redis-url", "debug-token", "session-migrate-from"} {
		names[secret+"-file"] = false
	}
	for name, isBool := range names {
		flags.Var(passed{name, isBool, given}, name, "")
	}
	return given
}

// passed is a flag of the app's, which is checked where the app's settings are
// read.
type passed struct {
	name   string
	isBool bool
	given  *[]string
}

func (p passed) String() string   { return "" }
func (p passed) IsBoolFlag() bool { return p.isBool }

func (p passed) Set(value string) error {
	*p.given = append(*p.given, "--"+p.name+"="+value)
	return nil
}
