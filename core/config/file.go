package config

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/peterbourgon/ff/v3"
)

// configFile gives the settings that have no value yet theirs from the file.
func (p *parser) configFile() error {
	path := p.cfg.file
	if path == "" {
		return nil
	}
	set := flag.NewFlagSet("", flag.ContinueOnError)
	for _, d := range definitions {
		if path, ok := p.paths[d.flag]; ok && p.settled(d.flag) {
			set.Var(ignored{}, d.flag+fileFlag, "")
		} else if ok {
			set.Var(path, d.flag+fileFlag, "")
		}
		switch {
		case d.flag == configFlag: // a file names no other file
		case p.settled(d.flag):
			set.Var(ignored{}, d.flag, "")
		default:
			set.Var(p.values[d.flag], d.flag, "")
		}
	}
	parse := p.plain
	if strings.EqualFold(filepath.Ext(path), ".json") {
		parse = p.json
	}
	if err := ff.Parse(set, nil, ff.WithConfigFile(path), ff.WithConfigFileParser(parse)); err != nil {
		var found *fileProblem
		if errors.As(err, &found) {
			err = found.error
		}
		d, _ := lookup(configFlag)
		return fmt.Errorf("%s, file %q: %w", d.title(p.cfg.envPrefix), path, err)
	}
	given := map[string]bool{} // and not by an earlier stage
	set.Visit(func(f *flag.Flag) {
		secret := f.Name
		if p.isSecretFile(f.Name) {
			secret = strings.TrimSuffix(f.Name, fileFlag)
		}
		given[f.Name] = !p.settled(secret)
	})
	for name, ok := range given {
		if ok && !p.isSecretFile(name) {
			p.settle(name, "file", "")
		}
	}
	if err := p.secretFiles(given, ""); err != nil {
		d, _ := lookup(configFlag)
		return fmt.Errorf("%s, file %q: %w", d.title(p.cfg.envPrefix), path, err)
	}
	return nil
}

// ignored is the value of a setting that an earlier stage gave.
type ignored struct{}

func (ignored) String() string   { return "" }
func (ignored) Set(string) error { return nil }

// fileProblem is what is wrong in a file, without the words that ff puts
// before it, which may quote a secret.
type fileProblem struct{ error }

// plain parses "name value" lines.
func (p *parser) plain(r io.Reader, set func(name, value string) error) error {
	// ff's parser is silent about a file that it cannot read to the end, such
	// as a folder or one with a very long line.
	data, err := io.ReadAll(io.LimitReader(r, bufio.MaxScanTokenSize))
	if err != nil {
		return err
	}
	if len(data) == bufio.MaxScanTokenSize {
		return fmt.Errorf("holds %d bytes or more", len(data))
	}
	n := 0
	for line := range bytes.Lines(data) { // ff does not say in which it is
		n++
		err := ff.PlainParser(bytes.NewReader(line), func(name, value string) error {
			name = strings.TrimLeft(name, "-")
			if d, ok := lookup(name); (ok || p.isSecretFile(name)) && valueMissing(d, value) {
				return &fileProblem{fmt.Errorf("%s has no value", name)}
			}
			return p.fromFile(name, value, set)
		})
		if err != nil {
			return inLine(n, err)
		}
	}
	return nil
}

// inLine says where in the file it is.
func inLine(n int, err error) error {
	if found, ok := errors.AsType[*fileProblem](err); ok {
		err = found.error
	}
	return &fileProblem{fmt.Errorf("line %d: %w", n, err)}
}

// valueMissing tells what ff makes of a line that holds the name alone, or
// the name and a comment.
func valueMissing(d definition, value string) bool {
	if strings.HasPrefix(value, "#") {
		return true
	}
	if d.value == nil { // the file of a secret
		return value == "true"
	}
	v := d.value(new(Config))
	_, isWord := v.(*word)
	return value == "true" && !isBool(v) && !isWord
}

// json parses an object whose members are the settings.
func (p *parser) json(r io.Reader, set func(name, value string) error) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	at := -1
	if err = json.Unmarshal(data, &map[string]any{}); err == nil { // ff does not look behind the object
		err = ff.JSONParser(bytes.NewReader(data), func(name, value string) error {
			err := p.fromFile(name, value, set)
			if err != nil {
				at = bytes.Index(data, []byte(strconv.Quote(name)))
			}
			return err
		})
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		at, err = int(wrong.Offset), fmt.Errorf("no JSON: %w", err)
	}
	if err != nil && at >= 0 {
		return inLine(1+bytes.Count(data[:min(at, len(data))], []byte("\n")), err)
	}
	return err
}

// fromFile sets one setting.
func (p *parser) fromFile(name, value string, set func(name, value string) error) error {
	d, ok := lookup(name)
	if !ok && !p.isSecretFile(name) || d.flag == configFlag {
		return &fileProblem{unknownName(name, value)}
	}
	if err := set(name, value); err != nil { // ff's words around those of Set
		return &fileProblem{d.problem(p.cfg.envPrefix, value, errors.Unwrap(err))}
	}
	return nil
}

var nameLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([_.-][A-Za-z0-9]+)*$`)

// maxShownName is how long a name may be that is quoted.
const maxShownName = 32

// unknownName says that there is no setting called name, which may be a whole
// line, "secret-key=...", and must not be quoted then. A line that holds a name
// alone has the value "true".
func unknownName(name, value string) error {
	if end := strings.IndexAny(name, "=:\t"); end >= 0 {
		if d, ok := lookup(name[:end]); ok {
			return fmt.Errorf("write %s, a space and the value", d.flag)
		}
		name = name[:end]
	}
	if !nameLike.MatchString(name) || len(name) > maxShownName || value == "true" && !isNearSetting(name) {
		return errors.New("there is a name in it that is no setting's")
	}
	return fmt.Errorf("%q is no setting; the settings are called like their flags", name)
}

// isNearSetting reports whether somebody may have meant a setting by name, and
// not the secret itself, alone on its line: the two have a word in common, or
// differ by a letter or two.
func isNearSetting(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("_.-", r) })
	return slices.ContainsFunc(definitions, func(d definition) bool {
		return slices.ContainsFunc(strings.Split(d.flag, "-"), func(word string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return distance(w, word) <= len(word)/4 })
		})
	})
}
