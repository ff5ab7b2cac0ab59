package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// problem is the error that says what is wrong with a setting: it names the
// flag, the environment variables and, unless it is a secret, the value.
func (d definition) problem(prefix, value string, rule error) error {
	if d.isSecret() {
		return fmt.Errorf("%s %w", d.title(prefix), rule)
	}
	const enough = 100
	if len(value) > enough {
		value = value[:enough] + "..."
	}
	return fmt.Errorf("%s is %q: %w", d.title(prefix), value, rule)
}

// problems are what is wrong with one Config.
type problems struct {
	cfg  *Config
	errs []error
}

// add notes, unless ok, that the setting breaks a rule, which is a sentence
// about it that begins with a verb.
func (p *problems) add(ok bool, flag, rule string, args ...any) {
	if ok {
		return
	}
	d, _ := lookup(flag)
	value := d.value(p.cfg).String()
	p.errs = append(p.errs, d.problem(p.cfg.envPrefix, value, fmt.Errorf(rule, args...)))
}

// title names a setting that a rule is about as well.
func (p *problems) title(flag string) string {
	d, _ := lookup(flag)
	return d.title(p.cfg.envPrefix)
}

// oneOf notes that a setting is none of the words it may be.
func oneOf[T ~string](p *problems, flag string, value T, allowed ...T) {
	words := make([]string, len(allowed))
	for i, word := range allowed {
		words[i] = strconv.Quote(string(word))
	}
	p.add(slices.Contains(allowed, value), flag, "must be one of %s", strings.Join(words, ", "))
}
