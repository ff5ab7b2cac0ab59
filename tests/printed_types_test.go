//go:build unix

package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// printedTypes are those of what was printed, and of what is in it.
type printedTypes struct {
	mu    sync.Mutex
	known map[reflect.Type]bool
}

func (p *printedTypes) add(t reflect.Type) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[reflect.Type]bool{}
	}
	p.walk(t)
}

func (p *printedTypes) walk(t reflect.Type) {
	if t == nil || p.known[t] {
		return
	}
	p.known[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			p.walk(t.Field(i).Type)
		}
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		p.walk(t.Elem())
	}
}

// missNone fails the test for a struct of the kit's that an app can get hold of
// and that was not printed.
func (p *printedTypes) missNone(t *testing.T) {
	const module = "github.com/gosessionkit/sessionkit/"
	printed := map[string]bool{module + "core/auth.UserLoader": true} // generic, and holds functions
	for known := range p.known {
		printed[known.PkgPath()+"."+known.Name()] = true
	}
	// The structs of package debug are its answers; TestNoSecrets reads those.
	for _, dir := range []string{"core/config", "core/driver", "core/memstore", "core/session", "core/auth", "core/check", "core/diagnose", "core/diagnose/worker", "core/httpsession",
		"stores", "stores/file", "stores/redis", "adapters/chi", "adapters/echo", "adapters/echov5", "adapters/fiber", "adapters/fiberv3", "adapters/gin"} {
		for _, name := range exportedStructs(t, filepath.Join("..", dir)) {
			if !printed[module+dir+"."+name] {
				t.Errorf("%s.%s was not printed", dir, name)
			}
		}
	}
}

// exportedStructs lists the structs that a package exports.
func exportedStructs(t *testing.T, dir string) (names []string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, ok := spec.Type.(*ast.StructType); ok {
					names = append(names, spec.Name.Name)
				}
			}
			_, inside := n.(*ast.FuncDecl)
			return !inside
		})
	}
	return names
}
