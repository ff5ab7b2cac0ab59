package config

import (
	"errors"
	"flag"
	"strings"

	"github.com/peterbourgon/ff/v3"
)

// environment gives the settings that have no value yet theirs from the
// environment. A flag set of its own, with a flag for each variable, keeps ff
// away from the app's flags and lets a setting have several variables.
func (p *parser) environment() error {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	found := map[string]*string{}
	for _, d := range definitions {
		variables := d.variables("")
		if d.isSecret() {
			variables = append(fileVariables(variables), variables...)
		}
		for _, variable := range variables {
			name := strings.ToLower(strings.ReplaceAll(variable, "_", "-"))
			found[variable] = set.String(name, "", "")
		}
	}
	if err := ff.Parse(set, nil, ff.WithEnvVarPrefix(p.cfg.envPrefix)); err != nil {
		return err
	}
	var wrong []error
	for _, d := range definitions {
		wrong = append(wrong, p.fromEnvironment(d, found))
	}
	return errors.Join(wrong...)
}

// fromEnvironment takes the first of the setting's variables that is found.
func (p *parser) fromEnvironment(d definition, found map[string]*string) error {
	names := d.variables(p.cfg.envPrefix)
	for i, variable := range d.variables("") {
		value, path := *found[variable], ""
		if d.isSecret() {
			path = *found[variable+fileVariable]
		}
		switch {
		case p.settled(d.flag) || value == "" && path == "":
			continue
		case value != "" && path != "":
			return bothGiven(names[i], names[i]+fileVariable)
		case path != "":
			return p.fromSecretFile(d, names[i]+fileVariable, names[i]+fileVariable, path)
		}
		if quoted(value) && !d.isKey() {
			return d.problem(p.cfg.envPrefix, value, errQuoted)
		}
		if err := p.values[d.flag].Set(value); err != nil {
			return d.problem(p.cfg.envPrefix, value, err)
		}
		p.settle(d.flag, "env", names[i])
	}
	return nil
}
