package config

import "errors"

var errQuoted = errors.New("must not be in quotes: docker --env-file, for one, keeps them as a part of the value")

// quoted reports whether a value is in quotes that its shell would have taken
// away.
func quoted(value string) bool {
	last := len(value) - 1
	return last > 0 && value[0] == value[last] && (value[0] == '"' || value[0] == '\'')
}

// isKey reports whether any text will do: a key in quotes works as long as all
// workers have them, so that it is for package check to find.
func (d definition) isKey() bool {
	switch d.value(new(Config)).(type) {
	case *secret, *secrets:
		return true
	}
	return false
}
