package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A secret may be in a file of its own, as Docker and Kubernetes hand secrets
// to a container. Its flag is called like the secret's with "-file" behind, its
// variables with "_FILE".
const (
	fileFlag     = "-file"
	fileVariable = "_FILE"
)

// maxSecretFile is in bytes: what is larger is another file.
const maxSecretFile = 64 << 10

// secretPaths are where the flags of the secrets' files keep their values, by
// the secret's flag.
func secretPaths() map[string]*text {
	paths := map[string]*text{}
	for _, d := range definitions {
		if d.isSecret() {
			paths[d.flag] = new(text)
		}
	}
	return paths
}

// isSecretFile reports whether a flag names the file of a secret.
func (p *parser) isSecretFile(flag string) bool {
	secret, ok := strings.CutSuffix(flag, fileFlag)
	return ok && p.paths[secret] != nil
}

// fileVariables are the variables that name a secret's file, as its own are.
func fileVariables(variables []string) []string {
	names := make([]string, len(variables))
	for i, name := range variables {
		names[i] = name + fileVariable
	}
	return names
}

// secretFiles reads the files of the secrets that flags or the lines of a
// configuration file name; given are the names that came, which dashes makes
// what people write.
func (p *parser) secretFiles(given map[string]bool, dashes string) error {
	var wrong []error
	for _, d := range definitions {
		path, ok := p.paths[d.flag]
		name := dashes + d.flag + fileFlag
		switch {
		case !ok || !given[d.flag+fileFlag]:
		case given[d.flag]:
			wrong = append(wrong, bothGiven(dashes+d.flag, name))
		default:
			wrong = append(wrong, p.fromSecretFile(d, name, "", string(*path)))
		}
	}
	return errors.Join(wrong...)
}

// fromSecretFile gives a secret the content of the file that name, a flag or a
// variable, says, without the white space around it.
func (p *parser) fromSecretFile(d definition, name, variable, path string) error {
	content, err := readSecret(path)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, several := p.values[d.flag].(*secrets); several { // one a line will do
		content = strings.ReplaceAll(content, "\n", ",")
	}
	if err := p.values[d.flag].Set(content); err != nil {
		return d.problem(p.cfg.envPrefix, "", err)
	}
	if p.values[d.flag].String() == "" {
		return fmt.Errorf("%s: %w", name, emptyFile(path))
	}
	p.settle(d.flag, "file", variable)
	found := p.cfg.origins[d.flag]
	found.file, found.by = path, name
	p.cfg.origins[d.flag] = found
	return nil
}

// bothGiven is the error of a secret that is given itself and by its file.
func bothGiven(one, other string) error {
	return fmt.Errorf("%s and %s are both set: leave one out, or it depends on chance which secret is used", one, other)
}

// readSecret reads a file that holds nothing but a secret.
func readSecret(path string) (string, error) {
	if path == "" {
		return "", errors.New("names no file")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", unreadable(path, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	text := strings.TrimSpace(string(content))
	switch {
	case err != nil:
		return "", unreadable(path, err)
	case len(content) > maxSecretFile:
		return "", fmt.Errorf("file %s has more than %d bytes, which is no secret: name the file that holds the secret alone", shownPath(path), maxSecretFile)
	case text == "":
		return "", emptyFile(path)
	}
	return text, nil
}

func emptyFile(path string) error {
	return fmt.Errorf("file %s is empty: write the secret into it, or do not name it", shownPath(path))
}

// unreadable says why without the path, which the error of package os quotes.
func unreadable(path string, err error) error {
	if bare, ok := errors.AsType[*fs.PathError](err); ok {
		err = bare.Err
	}
	return fmt.Errorf("file %s cannot be read: %w", shownPath(path), err)
}

// shownPath quotes the path of a file, unless it may be the secret itself, put
// where its file's name belongs: keys and URLs can look like paths.
func shownPath(path string) string {
	if _, err := os.Lstat(path); err != nil && !isPlainPath(path) {
		return "[not shown, for its name may be the secret itself]"
	}
	return fmt.Sprintf("%q", path)
}

// isPlainPath reports whether the path of a missing file cannot be taken for a
// key, a token or a URL: it leads away from the working directory.
func isPlainPath(path string) bool {
	if strings.Contains(path, "://") || strings.ContainsAny(path, "=+") {
		return false
	}
	if filepath.IsAbs(path) || strings.HasPrefix(path, ".") {
		return true
	}
	first, _, deeper := strings.Cut(filepath.ToSlash(path), "/")
	_, err := os.Stat(first)
	return deeper && err == nil
}
