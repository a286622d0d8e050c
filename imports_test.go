package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// This file holds the shape of the tree: which package may know which, who may
// use the outside libraries that must be exchangeable, and how long a file and
// a function may grow. It reads the sources, so that no build tag hides any.

const (
	module       = "paradero"
	longestFile  = 500
	longestFuncs = 60
)

// door is what everybody above data may use of it: the door itself and the
// plain packages that hold no state. Journal, keys and store are behind it.
var door = []string{
	"data", "data/fault", "data/record", "data/rule", "data/search", "data/match", "data/exchange",
}

// mayImport says which of our packages a package may import. The longest
// matching name wins; "/..." takes in everything below.
var mayImport = map[string][]string{
	".":               {"app", "app/command", "app/desktop", "assets"},
	"app":             join(door, "reports", "reports/page", "assets"),
	"app/demo":        join(door, "app", "reports", "assets"),
	"app/courier":     {"data", "data/fault", "data/record", "data/sync", "data/sync/folder", "data/sync/hub"},
	"app/command":     join(door, "app", "app/courier", "app/demo", "reports", "assets", "data/sync/hub", "data/ledger"), // the hub is no office
	"app/present":     join(door, "app", "reports", "reports/chart", "assets"),
	"app/present/...": join(door, "app", "app/present/...", "reports", "reports/chart", "assets"),
	"app/desktop":     join(door, "app", "app/courier", "app/demo", "app/present/...", "app/widget", "app/desktop/...", "reports", "reports/chart", "assets"),
	"app/desktop/...": join(door, "app", "app/demo", "app/present/...", "app/widget", "app/desktop/room", "app/desktop/sheet", "reports", "reports/chart", "assets"),
	"app/widget":      {"assets", "reports/chart", "data/fault"},

	"data": {
		"data/fault", "data/record", "data/rule", "data/ledger", "data/ledger/...", "data/fold", "data/vault", "data/team", "data/store",
		"data/backup", "data/file", "data/draft", "data/search", "data/match", "data/sync/...", "assets",
	},
	"data/fault":      {},
	"data/record":     {"data/fault"},
	"data/rule":       {"data/fault", "data/record"},
	"data/ledger":     {"data/fault", "data/record", "data/ledger/cbor"},
	"data/ledger/...": {"data/fault"},
	"data/fold":       {"data/fault", "data/record", "data/rule", "data/ledger", "data/ledger/cbor"},
	"data/vault":      {"data/fault"},
	"data/team":       {"data/fault", "data/record", "data/ledger", "data/ledger/cbor"},
	"data/store":      {"data/fault", "data/record", "data/fold", "data/ledger/cbor"},
	"data/backup":     {"data/record", "data/ledger", "data/ledger/cbor"},
	"data/file":       {"data/fault", "data/vault"},
	"data/draft":      {"data/fault", "data/vault"},
	"data/match":      {"data/fault", "data/record"},
	"data/search":     {"data/fault", "data/record", "data/match"},
	"data/sync":       {"data/fault", "data/record", "data/ledger", "data/ledger/cbor", "data/team", "data/file"},
	"data/sync/...":   {"data/fault", "data/record", "data/ledger", "data/ledger/cbor", "data/team", "data/file", "data/sync"},
	"data/exchange":   {"data/fault", "data/record", "data", "data/match"},

	"reports":       join(door, "reports/page", "reports/chart", "assets"),
	"reports/page":  {"reports/chart", "assets", "data/fault"},
	"reports/chart": {},
	"assets":        {},

	"packaging/simulate": {
		"data", "data/fault", "data/record", "data/ledger", "data/fold", "data/store", "data/vault", "data/team",
		"data/sync", "data/sync/synctest",
	},
	"packaging/bench": join(door, "data/ledger", "data/vault", "data/sync", "data/sync/hub", "packaging/screen", "packaging/program", "app", "app/courier", "reports", "reports/page", "assets"),
	"packaging/...":   join(door, "packaging/screen", "packaging/program", "app", "app/command", "app/demo", "reports", "reports/page", "assets"),
}

// onlyIn says who alone may import what comes from outside.
var onlyIn = map[string][]string{
	"fyne.io/":                      {"app/desktop", "app/desktop/...", "app/widget"},
	"github.com/dgraph-io/badger":   {"data/store"},
	"github.com/jung-kurt/gofpdf":   {"reports/page", "packaging/bench"},
	"github.com/nats-io/":           {"data/sync/hub"},
	"github.com/xuri/excelize":      {"data/exchange"},
	"github.com/mattn/go-sqlite3":   {"packaging/bench"},
	"github.com/spf13/pflag":        {"app/command"},
	"filippo.io/age":                {"data/backup", "data/sync/bundle"},
	"github.com/godbus/dbus":        {"app/desktop"},
	"golang.org/x/crypto/argon2":    {"data/vault"},
	"net/http":                      {"data/sync/hub"},
	"rsc.io/qr":                     {"app/widget"},
	"paradero/packaging":            {"packaging/..."},
	"github.com/rogpeppe/go-intern": {"packaging/..."},
}

// topLevel is everything that may stand at the top.
var topLevel = []string{
	"main.go", "imports_test.go", "app", "data", "reports", "assets", "FyneApp.toml", "go.mod", "go.sum", "README.md",
	"Makefile", "LICENSE", "docs", "packaging", "staticcheck.conf", ".ci", ".git", ".gitignore", ".gitattributes", ".editorconfig",
	"bin", "build", // made by make, never kept
}

// source is one Go file that is not a test.
type source struct {
	dir  string // package path below the module, "." at the top
	path string
	file *ast.File
	set  *token.FileSet
}

func TestImportsRunDownwardOnly(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := rulesFor(s.dir)
		if !known {
			t.Errorf("%s: package %q stands in no row of mayImport; say what it may import", s.path, s.dir)
			continue
		}
		for _, spec := range s.file.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(name, module+"/"); ok && !matches(allowed, ours) {
				t.Errorf("%s imports %s, which %q may not", s.set.Position(spec.Pos()), name, s.dir)
			}
			for prefix, homes := range onlyIn {
				if strings.HasPrefix(name, prefix) && !matches(homes, s.dir) {
					t.Errorf("%s imports %s; only %v may", s.set.Position(spec.Pos()), name, homes)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatLivesThere(t *testing.T) {
	said := map[string]int{}
	for _, s := range sources(t) {
		said[s.dir] += 0
		if s.file.Doc != nil {
			said[s.dir]++
		}
	}
	for dir, n := range said {
		if n != 1 {
			t.Errorf("%s: %d package comments, want exactly one", dir, n)
		}
	}
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	for _, s := range sources(t) {
		lines := s.set.File(s.file.Pos()).LineCount()
		if lines > longestFile {
			t.Errorf("%s has %d lines, more than %d", s.path, lines, longestFile)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil || isTable(f) {
				continue
			}
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			if n > longestFuncs {
				t.Errorf("%s: %s has %d lines, more than %d", s.set.Position(f.Pos()), f.Name.Name, n, longestFuncs)
			}
		}
	}
}

func TestTopLevelIsFixed(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s stands at the top level, where nothing new belongs", e.Name())
		}
	}
}

// sources parses every Go file of the module that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if path != "." && (strings.HasPrefix(name, ".") || name == "bin" || name == "build" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, source{dir: filepath.ToSlash(filepath.Dir(path)), path: path, file: file, set: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no sources found")
	}
	return all
}

// rulesFor gives the row of mayImport with the longest name that covers dir.
func rulesFor(dir string) (allowed []string, known bool) {
	best := -1
	for name, list := range mayImport {
		weight := 2 * len(strings.TrimSuffix(name, "/..."))
		if name == dir {
			weight++
		}
		if weight > best && matches([]string{name}, dir) {
			best, allowed, known = weight, list, true
		}
	}
	return allowed, known
}

// matches reports whether one of the names covers dir.
func matches(names []string, dir string) bool {
	for _, n := range names {
		stem, open := strings.CutSuffix(n, "/...")
		if dir == n || open && (dir == stem || strings.HasPrefix(dir, stem+"/")) {
			return true
		}
	}
	return false
}

// isTable reports whether a function only gives a table back: its length is
// that of the data, not of reasoning.
func isTable(f *ast.FuncDecl) bool {
	if len(f.Body.List) != 1 {
		return false
	}
	ret, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	table := true
	ast.Inspect(ret, func(n ast.Node) bool {
		if _, is := n.(*ast.FuncLit); is {
			table = false
		}
		return table
	})
	return table
}

func join(list []string, more ...string) []string {
	return append(slices.Clone(list), more...)
}
