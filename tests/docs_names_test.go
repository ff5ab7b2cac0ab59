package tests

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosessionkit/sessionkit/tests/internal/docs"
)

// texts are the README, the docs, and the comments of the libraries, by file.
func texts(t *testing.T, packages []goPackage) map[string]string {
	t.Helper()
	list := map[string]string{}
	files, err := docs.Files("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		list[file] = string(text)
	}
	for _, p := range packages {
		for base, file := range p.files {
			text := ""
			for _, comment := range file.Comments {
				text += comment.Text()
			}
			list[p.dir+"/"+base] = text
		}
	}
	return list
}

// exported are the names that a text may mention: "session.From", "Session.Commit",
// "Record.Revision". packages and types are what may stand before the point.
func exported(list []goPackage) (names map[string]bool, packages, types []string) {
	names = map[string]bool{}
	for _, p := range list {
		name := ""
		for _, file := range p.files {
			name = file.Name.Name
		}
		packages = append(packages, name)
		for _, n := range p.names() {
			typ, method, _ := strings.Cut(n.text, ".")
			names[name+"."+typ] = true
			names[typ+"."+method] = true
			types = append(types, typ)
		}
		for _, file := range p.files {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok {
					return true
				}
				for _, member := range members(spec) {
					names[spec.Name.Name+"."+member] = true
				}
				return true
			})
		}
	}
	return names, packages, types
}

// members are the fields of a struct, the methods of an interface.
func members(spec *ast.TypeSpec) (list []string) {
	var fields *ast.FieldList
	switch typ := spec.Type.(type) {
	case *ast.StructType:
		fields = typ.Fields
	case *ast.InterfaceType:
		fields = typ.Methods
	default:
		return nil
	}
	for _, field := range fields.List {
		for _, id := range field.Names {
			list = append(list, id.Name)
		}
	}
	return list
}

var dotted = regexp.MustCompile(`(?:^|[^.\w])([A-Za-z]+)\.([A-Z][A-Za-z0-9]*)(?:\.([A-Z][A-Za-z0-9]*))?`)

// Whatever name of the kit a document or a comment mentions, there is one.
func TestNamesInDocs(t *testing.T) {
	t.Parallel()
	list := parsePackages(t)
	names, packages, types := exported(list)
	for file, text := range texts(t, list) {
		for _, match := range dotted.FindAllStringSubmatch(text, -1) {
			first, second, third := match[1], match[2], match[3]
			switch {
			case !slices.Contains(packages, first) && !slices.Contains(types, first):
			case first == "file" || first == "debug" || first == "redis":
				// more often a variable, or a package of somebody else's
			case !names[first+"."+second]:
				t.Errorf("%s: there is no %s.%s", file, first, second)
			case third != "" && slices.Contains(packages, first) && !names[second+"."+third]:
				t.Errorf("%s: there is no %s.%s.%s", file, first, second, third)
			}
		}
	}
}

var sourceFile = regexp.MustCompile(`\b(?:core|stores|debug|adapters|tests|examples|scripts)/[a-z_/]+\.(?:go|sh)\b`)

// Whatever file a document or a comment mentions is there.
func TestFilesInDocs(t *testing.T) {
	t.Parallel()
	for file, text := range texts(t, parsePackages(t)) {
		for _, path := range sourceFile.FindAllString(text, -1) {
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(path))); err != nil {
				t.Errorf("%s: there is no %s", file, path)
			}
		}
	}
}

var link = regexp.MustCompile(`(?m)(?:^|[ (])\[\*?([A-Z][A-Za-z0-9]*)(?:\.([A-Z][A-Za-z0-9]*))?\]`)

// A link of a comment to a name of its own package leads somewhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, p := range parsePackages(t) {
		names, _, _ := exported([]goPackage{p})
		known := map[string]bool{}
		for _, n := range p.names() {
			known[n.text] = true
		}
		for base, file := range p.files {
			for _, comment := range file.Comments {
				for _, match := range link.FindAllStringSubmatch(comment.Text(), -1) {
					if first, second := match[1], match[2]; !known[first] || second != "" && !names[first+"."+second] {
						t.Errorf("%s/%s: %s leads nowhere", p.dir, base, strings.TrimSpace(match[0]))
					}
				}
			}
		}
	}
}
