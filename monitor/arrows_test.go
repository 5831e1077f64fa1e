package monitor_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// allowed are the arrows between packages: who may import whom. What a test
// imports does not count, for tests wire real parts together.
var allowed = map[string][]string{
	"newswatch":               {},
	"newswatch/cmd/newswatch": {"*"},
	"newswatch/monitor":       {"newswatch/rules"},
	"newswatch/monitor/*":     {"newswatch/monitor", "newswatch/rules"},
	"newswatch/rules":         {},
	"newswatch/rules/draft":   {"newswatch/rules"},
}

func TestImportsPointOneWay(t *testing.T) {
	for pkg, files := range packages(t) {
		for _, file := range files {
			for _, imported := range file.imports {
				if strings.HasPrefix(imported, "newswatch") && !mayImport(pkg, imported) {
					t.Errorf("%s imports %s: %s", file.path, imported, "arrows go cmd → everything, monitor/* → monitor → rules")
				}
			}
		}
	}
}

func mayImport(pkg, imported string) bool {
	may, ok := allowed[pkg]
	if !ok && strings.HasPrefix(pkg, "newswatch/monitor/") {
		may = allowed["newswatch/monitor/*"]
		// A stand-in below a package is that package's own.
		may = append(may, parentOf(pkg))
	}
	for _, m := range may {
		if m == "*" || m == imported {
			return true
		}
	}
	return false
}

func parentOf(pkg string) string { return pkg[:strings.LastIndex(pkg, "/")] }

func TestEveryPackageHasOneDoc(t *testing.T) {
	for pkg, files := range packages(t) {
		var documented []string
		for _, file := range files {
			if file.doc != "" {
				documented = append(documented, file.path)
			}
		}
		if len(documented) != 1 {
			t.Errorf("%s: the package is documented in %d files %v, want one", pkg, len(documented), documented)
		}
	}
}

type goFile struct {
	path, doc string
	imports   []string
}

// packages reads the Go files of the project, tests aside, by import path.
func packages(t *testing.T) map[string][]goFile {
	t.Helper()
	found := make(map[string][]goFile)
	root := ".."
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := strings.TrimSuffix("newswatch/"+filepath.ToSlash(dir), "/.")
		file := goFile{path: path, doc: parsed.Doc.Text()}
		for _, spec := range parsed.Imports {
			file.imports = append(file.imports, strings.Trim(spec.Path.Value, `"`))
		}
		found[pkg] = append(found[pkg], file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 8 {
		t.Fatalf("found only %d packages", len(found))
	}
	return found
}
