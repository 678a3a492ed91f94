// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// firstKey has the index of the first key in the arguments of logr's methods.
var firstKey = map[string]int{"Info": 1, "Error": 2, "WithValues": 0}

// keyRow matches a row of the table of keys in docs/metrics.md.
var keyRow = regexp.MustCompile("(?m)^\\| (`\\w+`(?:, `\\w+`)*) \\|")

// The keys of log lines are literals, and the docs have exactly those that the operator itself writes: whoever adds one
// says there what its value is, which must not be a value of a spec.
func TestLogKeysAreDocumented(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, dir := range []string{"cmd/manager", "internal", "reconcilers", "webhooks"} {
		addKeys(t, filepath.Join("..", "..", dir), used)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "metrics.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## Logs\n")
	require.True(t, found)
	_, section, found = strings.Cut(section, "\n### Keys of the operator\n")
	require.True(t, found)
	var documented []string
	for _, row := range keyRow.FindAllStringSubmatch(section, -1) {
		for key := range strings.SplitSeq(row[1], ", ") {
			documented = append(documented, strings.Trim(key, "`"))
		}
	}
	slices.Sort(documented)
	assert.Equal(t, slices.Sorted(maps.Keys(used)), documented)
}

// addKeys adds the keys of the log lines in the Go files below a directory.
func addKeys(t *testing.T, dir string, used map[string]bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			for i, argument := range keysOf(node) {
				key, ok := argument.(*ast.BasicLit)
				if i%2 == 1 {
					continue
				}
				if assert.True(t, ok && key.Kind == token.STRING, "%s: a key of a log line must be a literal", files.Position(argument.Pos())) {
					text, err := strconv.Unquote(key.Value)
					assert.NoError(t, err)
					used[text] = true
				}
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

// keysOf returns the keys and values of a call of a logger, none of another node.
func keysOf(node ast.Node) []ast.Expr {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return nil
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	first, ok := firstKey[method.Sel.Name]
	if library, isName := method.X.(*ast.Ident); !ok || isName && library.Name == "http" || len(call.Args) < first {
		return nil
	}
	return call.Args[first:]
}
