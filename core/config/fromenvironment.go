package config

import "flag"

// FromEnvironment is [Parse] for an app that does not take the kit's flags: one
// that has a flag called config of its own, or whose flags are pflag's, cobra's
// or viper's. What it reads are the environment and the file that
// SESSION_CONFIG names.
//
//	cfg, err := config.FromEnvironment(config.WithEnvPrefix("SHOP"))
//
// A flag of the app's own that stands for a setting is assigned to the field
// afterwards, such as
//
//	cfg.DebugEndpoints = cfg.DebugEndpoints || *debug
//
// and [Config.Settings] calls that "code". session.NewManager checks it.
func FromEnvironment(options ...Option) (Config, error) {
	return Parse(flag.NewFlagSet("", flag.ContinueOnError), nil, options...)
}
