package config

import (
	"errors"
	"flag"
	"fmt"
	"strings"
)

// Option changes how [Parse] works.
type Option func(*parser)

// WithEnvPrefix puts prefix and an underscore before the name of every
// environment variable, so that WithEnvPrefix("SHOP") reads SHOP_SECRET_KEY
// and SHOP_REDIS_URL, and leaves SECRET_KEY and REDIS_URL alone.
func WithEnvPrefix(prefix string) Option {
	return func(p *parser) { p.cfg.envPrefix = strings.TrimRight(strings.ToUpper(prefix), "_") }
}

// WithDefault gives the kit's flag of that name, such as "workers", a default
// of the app's own. A name or a value that is not one is an error of [Parse].
func WithDefault(flag, value string) Option {
	return func(p *parser) { p.defaults = append(p.defaults, [2]string{flag, value}) }
}

// Parse adds the kit's flags to fs, parses args with it, and returns the
// configuration with its defaults filled in. A setting that no flag gives
// comes from its environment variable, else from the file that --config or
// SESSION_CONFIG names, else it has its default. An empty variable counts as
// not set.
//
// fs may hold flags of the app: they are parsed from args as ever, and neither
// the environment nor the file touches them. What args holds behind the flags
// is in fs.Args.
//
// The file has one setting a line, its flag's name and its value, and comments
// behind a "#"; a file called *.json is an object with the same names.
//
// A secret may be in a file of its own instead, of up to 64 KiB, whose content
// counts without the white space around it: for SECRET_KEY that is the file which
// SECRET_KEY_FILE, --secret-key-file or the line secret-key-file names, and so for
// the other secrets. To give both the secret and its file in one place is an error.
//
// The error is flag.ErrHelp when args ask for help. It is what fs.Parse
// returned when args are wrong; a line of it is printed then, as fs.Parse does,
// and not the list of all flags behind it. Otherwise it says what is wrong with which
// settings, as [Config.Validate] does, or that fs already has a flag of one of
// the names, in which case fs is as it was. No error contains a secret.
func Parse(fs *flag.FlagSet, args []string, options ...Option) (Config, error) {
	if fs == nil {
		return Config{}, errors.New("config: Parse needs a flag set, such as flag.CommandLine")
	}
	p := &parser{
		cfg:    Config{origins: map[string]origin{}}.WithDefaults(),
		values: map[string]flag.Value{},
		paths:  secretPaths(),
	}
	for _, option := range options {
		option(p)
	}
	for _, d := range definitions {
		p.values[d.flag] = d.value(&p.cfg)
	}
	p.cfg.Cookie.Name, p.cfg.chosenName = "", "" // it depends on other settings: see settleDefaults
	stages := []func() error{
		p.setDefaults,
		func() error { return p.register(fs) },
		func() error { return p.commandLine(fs, args) },
		p.environment,
		p.configFile,
		p.settleDefaults,
		p.validate,
	}
	for _, stage := range stages {
		if err := stage(); err != nil {
			return Config{}, err
		}
	}
	return p.cfg, nil
}

// parser fills cfg in stages, the one that counts most first.
type parser struct {
	cfg      Config
	values   map[string]flag.Value // the fields of cfg, by flag name
	defaults [][2]string           // the app's own, flag and value
	paths    map[string]*text      // of the files of secrets, by the secret's flag
}

// origin is where a setting came from.
type origin struct {
	source   string // as in Setting
	variable string // the environment variable, if one gave it
	text     string // the value as it was then, without secrets
	file     string // of its own that the secret was in
	by       string // what named that file, with its prefix or its dashes
}

// settled reports whether an earlier stage gave the setting.
func (p *parser) settled(name string) bool {
	_, ok := p.cfg.origins[name]
	return ok
}

// settle notes that the setting now has its value.
func (p *parser) settle(name, source, variable string) {
	p.cfg.origins[name] = origin{source: source, variable: variable, text: p.values[name].String()}
}

func (p *parser) setDefaults() error {
	for _, d := range p.defaults {
		value, ok := p.values[d[0]]
		if !ok {
			return fmt.Errorf("config: WithDefault: there is no flag --%s", d[0])
		}
		if err := value.Set(d[1]); err != nil {
			return fmt.Errorf("config: WithDefault: --%s: %w", d[0], err)
		}
	}
	return nil
}

// settleDefaults is the last stage: what nothing else gave.
func (p *parser) settleDefaults() error {
	for _, d := range p.defaults {
		if !p.settled(d[0]) {
			p.settle(d[0], "default", "")
		}
	}
	if !p.settled("session-cookie-name") {
		p.cfg.chooseName()
	}
	return nil
}

// validate says with what is wrong which variables may have been meant to put it
// right.
func (p *parser) validate() error {
	p.misspelt()
	err := p.cfg.validate()
	if err == nil {
		return nil
	}
	errs := []error{err}
	for _, m := range p.cfg.misspellings {
		errs = append(errs, errors.New(m.String()))
	}
	return errors.Join(errs...)
}

// register adds all flags to fs, or none.
func (p *parser) register(fs *flag.FlagSet) error {
	for _, d := range definitions {
		if fs.Lookup(d.flag) != nil {
			return flagTaken(d.flag)
		}
	}
	for name := range p.paths {
		if fs.Lookup(name+fileFlag) != nil {
			return flagTaken(name + fileFlag)
		}
	}
	for _, d := range definitions {
		variables := environment(d.variables(p.cfg.envPrefix))
		fs.Var(flagValue{p.values[d.flag], variables}, d.flag, d.usage+" ("+variables+")")
		if path := p.paths[d.flag]; path != nil {
			fs.Var(path, d.flag+fileFlag, "`file` that holds the "+d.flag+" and nothing else ("+environment(fileVariables(d.variables(p.cfg.envPrefix)))+")")
		}
	}
	return nil
}

func flagTaken(name string) error {
	return fmt.Errorf("config: the flag set already has a flag --%s: rename it, or hand Parse a flag set of its own", name)
}

// commandLine parses args and notes which of the kit's flags they give.
func (p *parser) commandLine(fs *flag.FlagSet, args []string) error {
	if err := checkDashes(args); err != nil {
		return err
	}
	if err := parseBriefly(fs, args); err != nil {
		return err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) {
		given[f.Name] = true
		if _, ok := f.Value.(flagValue); ok {
			p.settle(f.Name, "flag", "")
		}
	})
	if err := p.checkBools(fs, args); err != nil {
		return err
	}
	return p.secretFiles(given, "--")
}

// checkDashes refuses a secret behind three dashes, because package flag
// would quote it.
func checkDashes(args []string) error {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		for _, d := range definitions {
			if d.flag == name && d.isSecret() && strings.HasPrefix(arg, "---") {
				return fmt.Errorf("config: bad flag syntax: write --%s with two dashes", name)
			}
		}
	}
	return nil
}

// checkBools refuses "--debug-endpoints false": package flag takes the false for
// the first argument behind the flags, and loses the flags after it.
func (p *parser) checkBools(fs *flag.FlagSet, args []string) error {
	last := len(args) - fs.NArg() - 1
	if last < 0 || fs.NArg() == 0 || !strings.HasPrefix(args[last], "-") {
		return nil
	}
	name := strings.TrimLeft(args[last], "-")
	value, ok := p.values[name]
	if !ok || !isBool(value) || new(boolean).Set(fs.Arg(0)) != nil {
		return nil
	}
	return fmt.Errorf("config: write --%s=%s, with an equals sign", name, fs.Arg(0))
}

// flagValue is a setting as the command line sees it.
type flagValue struct {
	flag.Value
	environment string // the variables, in words
}

// Set names the environment variable in its error; package flag names the
// flag and the value.
func (v flagValue) Set(value string) error {
	if err := v.Value.Set(value); err != nil {
		return fmt.Errorf("%w (%s)", err, v.environment)
	}
	return nil
}

// String works for the zero value too, which package flag makes.
func (v flagValue) String() string {
	if v.Value == nil {
		return ""
	}
	return v.Value.String()
}

// IsBoolFlag lets a boolean stand without a value.
func (v flagValue) IsBoolFlag() bool { return isBool(v.Value) }
