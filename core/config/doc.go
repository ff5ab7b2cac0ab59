// Package config has the settings of the kit: a plain struct whose zero value
// works, and a parser that fills it from flags, the environment and a file.
//
// An app that has flags hands its flag set to [Parse], which adds the kit's:
//
//	addr := flag.String("addr", ":8080", "`address` to listen on")
//	cfg, err := config.Parse(flag.CommandLine, os.Args[1:], config.WithEnvPrefix("SHOP"))
//
// A setting then comes from --session-lifetime, or else SHOP_SESSION_LIFETIME, or
// else the file that --config names, or else its default. An app without flags
// calls [FromEnvironment]. One with a configuration of its own fills a [Config]:
//
//	cfg := config.Config{Mode: config.Production, SecretKey: config.NewSecret(key), Lifetime: 8 * time.Hour}
//
// [Config.Validate] says what is wrong with either, and session.NewManager calls
// it. [Config.Settings] lists where each value came from, without the secrets.
//
// The package opens the configuration file, and files that hold secrets
// (SECRET_KEY_FILE), and does no other I/O.
package config
