package command

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"paradero/assets"
)

// TestEveryFailureHasWords reads the sources below data, reports and app for
// the keys of failures, problems and findings: each must have a sentence in
// both languages, or a person is shown a code.
func TestEveryFailureHasWords(t *testing.T) {
	keys := map[string]string{}
	for _, top := range []string{"../../data", "../../reports", "../../app"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				for _, key := range failureKeys(n) {
					keys[key] = path
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) < 50 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	for _, lang := range []assets.Lang{assets.Spanish, assets.English} {
		words, err := assets.LoadWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for key, path := range keys {
			if !words.Has(key) {
				t.Errorf("%s: %s has no words (%s)", path, key, lang)
			}
		}
	}
}

// failureKeys gives the keys that an expression makes a failure of.
func failureKeys(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, at := called(n.Fun), 0
		switch name {
		case "fault.New":
			at = 2
		case "fault.Wrap":
			at = 3
		case "fault.Refuse":
			at = 1
		case "usage":
			at = 0
		default:
			return nil
		}
		if len(n.Args) > at {
			return literal("error.", n.Args[at])
		}
	case *ast.CompositeLit:
		prefix := map[string]string{"fault.Error": "error.", "fault.Problem": "problem.", "Problem": "problem.", "Finding": "finding."}[called(n.Type)]
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && prefix != "" && called(kv.Key) == "Key" {
				return literal(prefix, kv.Value)
			}
		}
	}
	return nil
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return called(e.X) + "." + e.Sel.Name
	}
	return ""
}

func literal(prefix string, e ast.Expr) []string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		if s, err := strconv.Unquote(l.Value); err == nil && s != "" {
			return []string{prefix + s}
		}
	}
	return nil
}
