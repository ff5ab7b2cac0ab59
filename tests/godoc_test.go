package tests

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// libraries are the modules that other people import.
var libraries = []string{"core", "stores", "debug", "debug/otelsession", "debug/promsession", "core/device", "adapters/chi", "adapters/echo", "adapters/echov5", "adapters/fiber", "adapters/fiberv3", "adapters/gin", "adapters/internal/fasthttp"}

// goPackage is the source of one package, and of its tests.
type goPackage struct {
	dir   string // below the top of the workspace
	files map[string]*ast.File
	tests []*ast.File
}

// parsePackages parses the libraries.
func parsePackages(t *testing.T) (list []goPackage) {
	t.Helper()
	for _, module := range libraries {
		err := filepath.WalkDir(filepath.Join("..", filepath.FromSlash(module)), func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || !entry.IsDir():
				return err
			case entry.Name() == "testdata":
				return filepath.SkipDir
			}
			if p := parsePackage(t, path); len(p.files) > 0 {
				list = append(list, p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func parsePackage(t *testing.T, path string) goPackage {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(path, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	p := goPackage{strings.TrimPrefix(filepath.ToSlash(path), "../"), map[string]*ast.File{}, nil}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(name); strings.HasSuffix(base, "_test.go") {
			p.tests = append(p.tests, file)
		} else {
			p.files[base] = file
		}
	}
	return p
}

// name is one that a package exports, "T.M" for a method.
type name struct {
	text    string
	file    string
	comment string
	isFunc  bool // or a method
}

// names lists what the package exports.
func (p goPackage) names() (list []name) {
	for _, base := range slices.Sorted(maps.Keys(p.files)) {
		add := func(text string, isFunc bool, comments ...*ast.CommentGroup) {
			comment := ""
			for _, c := range comments {
				comment += c.Text()
			}
			list = append(list, name{text, base, comment, isFunc})
		}
		for _, decl := range p.files[base].Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if text, ok := exportedFunc(d); ok {
					add(text, true, d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							add(s.Name.Name, false, d.Doc, s.Doc, s.Comment)
						}
					case *ast.ValueSpec:
						for _, id := range s.Names {
							if id.IsExported() {
								add(id.Name, false, d.Doc, s.Doc, s.Comment)
							}
						}
					}
				}
			}
		}
	}
	return list
}

// exportedFunc gives the name of a function, or of a method of an exported type.
func exportedFunc(d *ast.FuncDecl) (text string, ok bool) {
	if d.Recv == nil {
		return d.Name.Name, d.Name.IsExported()
	}
	receiver := d.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.Ident:
			return r.Name + "." + d.Name.Name, r.IsExported() && d.Name.IsExported()
		default:
			return "", false
		}
	}
}

// wellKnown reports whether everybody knows what the method does.
func wellKnown(text string) bool {
	_, method, ok := strings.Cut(text, ".")
	return ok && slices.Contains([]string{"Error", "Unwrap", "String"}, method)
}

// Each package has one comment, which is in doc.go where people import the package
// and it is more than a file, and each exported name has one.
func TestDocComments(t *testing.T) {
	t.Parallel()
	for _, p := range parsePackages(t) {
		var commented []string
		for base, file := range p.files {
			if strings.HasPrefix(file.Doc.Text(), "Package "+file.Name.Name+" ") || file.Name.Name == "main" && strings.HasPrefix(file.Doc.Text(), "Command ") {
				commented = append(commented, base)
			}
		}
		free := len(p.files) == 1 || p.files["main.go"] != nil || strings.Contains(p.dir, "/internal/")
		if len(commented) != 1 || !free && commented[0] != "doc.go" {
			t.Errorf("%s: the package comment is in %q", p.dir, commented)
		}
		for _, n := range p.names() {
			if n.comment == "" && !wellKnown(n.text) {
				t.Errorf("%s: %s has no comment (%s)", p.dir, n.text, n.file)
			}
		}
	}
}

// Each function and method that an app calls has an example, and each other name
// is in one.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"core/session", "core/auth"} {
		p := parsePackage(t, filepath.Join("..", filepath.FromSlash(dir)))
		examples, used := map[string]bool{}, map[string]bool{}
		for _, e := range doc.Examples(p.tests...) {
			name, _, _ := strings.Cut(e.Name+"_", "_")
			examples[name] = true
			if rest, ok := strings.CutPrefix(e.Name, name+"_"); ok {
				method, _, _ := strings.Cut(rest, "_")
				examples[name+"."+method] = true
			}
			if e.Output == "" {
				t.Errorf("%s: Example%s has no output, so nobody runs it", dir, e.Name)
			}
		}
		for _, file := range p.tests {
			if len(doc.Examples(file)) == 0 {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					used[id.Name] = true
				}
				return true
			})
		}
		for _, n := range p.names() {
			switch {
			case forAdapters(n) || wellKnown(n.text):
			case n.isFunc && !examples[n.text]:
				t.Errorf("%s: %s has no example", dir, n.text)
			case !n.isFunc && !examples[n.text] && !used[n.text]:
				t.Errorf("%s: %s is in no example", dir, n.text)
			}
		}
	}
}

// forAdapters reports whether an app has no use for the name.
func forAdapters(n name) bool {
	return n.file == "adapter.go" || n.text == "Exchange" || strings.HasPrefix(n.text, "Exchange.") || strings.Contains(n.comment, "for adapters")
}

// What an app has to read stays short.
func TestSurface(t *testing.T) {
	t.Parallel()
	p := parsePackage(t, filepath.Join("..", "core", "session"))
	names, methods := 0, 0
	for _, n := range p.names() {
		switch {
		case strings.HasPrefix(n.text, "Manager."):
			methods++
		case !strings.Contains(n.text, "."):
			names++
		}
	}
	if names > 60 || methods > 12 {
		t.Errorf("core/session exports %d names, of 60 at most, and Manager has %d methods, of 12", names, methods)
	}
	if names == 0 || methods == 0 {
		t.Error("nothing was counted")
	}
}
