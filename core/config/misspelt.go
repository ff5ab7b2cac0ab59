package config

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Misspelling is an environment variable that is no setting and is spelt nearly
// like one that is not given, or is what other programs call it.
type Misspelling struct {
	Variable string // as the environment has it
	Meant    string // the setting's
}

func (m Misspelling) String() string {
	return fmt.Sprintf("the environment has %s, which is no setting: it is called %s", m.Variable, m.Meant)
}

// Misspellings are the environment variables that Parse found and took for
// slips of the pen, such as SESSION_LIFETME, in alphabetical order. Their values
// are not kept.
func (c Config) Misspellings() []Misspelling { return slices.Clone(c.misspellings) }

// minSpelling keeps short names out, which are like too many others: MODE and
// NODE.
const minSpelling = 8

// synonyms are what other programs call some of the settings.
var synonyms = map[string]string{
	"SESSION_SECRET": "SECRET_KEY", "SESSION_KEY": "SECRET_KEY",
	"SESSION_TTL": "SESSION_LIFETIME", "SESSION_MAX_AGE": "SESSION_LIFETIME", "SESSION_EXPIRY": "SESSION_LIFETIME",
	"SESSION_COOKIE_MAX_AGE": "SESSION_LIFETIME", "SESSION_COOKIE_AGE": "SESSION_LIFETIME",
	"SESSION_STORAGE": "SESSION_STORE", "SESSION_DRIVER": "SESSION_STORE", "SESSION_BACKEND": "SESSION_STORE",
	"SESSION_PATH": "SESSION_DIR", "SESSION_FOLDER": "SESSION_DIR",
}

// misspelt looks for them when all stages have had their say.
func (p *parser) misspelt() {
	meant := map[string]bool{} // without the prefix; false for what is given
	for _, d := range definitions {
		source := p.cfg.origins[d.flag].source
		missing := source == "" || source == "default"
		for _, variable := range d.variables("") {
			meant[variable] = missing
			if d.isSecret() {
				meant[variable+"_FILE"] = missing
			}
		}
	}
	prefix := ""
	if p.cfg.envPrefix != "" {
		prefix = p.cfg.envPrefix + "_"
	}
	for _, pair := range os.Environ() {
		variable, value, _ := strings.Cut(pair, "=")
		name, ours := strings.CutPrefix(variable, prefix)
		if _, exists := meant[name]; !ours || exists || value == "" {
			continue
		}
		for setting, missing := range meant {
			if missing && (synonyms[strings.ToUpper(name)] == setting || looksLike(strings.ToUpper(name), setting)) {
				p.cfg.misspellings = append(p.cfg.misspellings, Misspelling{variable, prefix + setting})
			}
		}
	}
	slices.SortFunc(p.cfg.misspellings, func(a, b Misspelling) int {
		return strings.Compare(a.Variable+" "+a.Meant, b.Variable+" "+b.Meant)
	})
	p.cfg.misspellings = slices.CompactFunc(p.cfg.misspellings, func(a, b Misspelling) bool { return a.Variable == b.Variable })
}

// looksLike reports whether somebody who wrote name may have meant the setting:
// a letter or two differ, the words are parted otherwise, or SESSION_ is before
// it that does not belong there, or is missing.
func looksLike(name, setting string) bool {
	const session = "SESSION_"
	if name == session+setting || len(setting)-len(session) >= minSpelling && session+name == setting {
		return true
	}
	letters := strings.NewReplacer("_", "", "-", "", ".", "")
	if len(setting) < minSpelling {
		return false
	}
	return letters.Replace(name) == letters.Replace(setting) || distance(name, setting) <= max(1, len(setting)/8)
}

// distance is how many letters have to be put in, left out, replaced or
// exchanged with their neighbours to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
