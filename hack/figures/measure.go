// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// A file contains the figures of a Go file.
type file struct {
	// path with slashes, relative to the root of the tree.
	path      string
	lines     int
	functions []function
}

// A function contains the figures of a declared function or method, including function literals in
// it.
type function struct {
	name string
	// lines counts the lines from "func" to the closing brace, including both.
	lines int
	// complexity starts at 1 and counts each if, for, case, && and ||. Source: gocyclo.
	complexity int
}

func (f file) name() string { return path.Base(f.path) }

func (f file) dir() string { return path.Dir(f.path) }

// isTest reports whether the file is a test, or in a package that only tests use.
func (f file) isTest() bool {
	return strings.HasSuffix(f.path, "_test.go") || strings.HasPrefix(f.path, "test/")
}

// measureTree measures the Go files in a tree, including nested modules, but not generated files and
// testdata.
func measureTree(tree fs.FS) ([]file, error) {
	var files []file
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && ignored(name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		measured, generated, err := measure(name, source)
		if err == nil && !generated {
			files = append(files, measured)
		}
		return err
	})
	return files, err
}

// ignored reports whether a directory contains no code of the project.
func ignored(name string) bool {
	base := path.Base(name)
	return base == "testdata" || name == "bin" || name == "dist" || name != "." && strings.HasPrefix(base, ".")
}

// measure measures one file, and reports whether it is generated.
func measure(name string, source []byte) (measured file, generated bool, err error) {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return file{}, false, err
	}
	measured = file{path: name, lines: bytes.Count(source, []byte("\n"))}
	for _, declaration := range parsed.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		measured.functions = append(measured.functions, function{
			name:       nameOf(f),
			lines:      positions.Position(f.End()).Line - positions.Position(f.Pos()).Line + 1,
			complexity: complexity(f),
		})
	}
	return measured, ast.IsGenerated(parsed), nil
}

// nameOf returns "F" for a function and "T.F" for a method.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	for {
		switch t := receiver.(type) {
		case *ast.StarExpr:
			receiver = t.X
		case *ast.IndexExpr:
			receiver = t.X
		case *ast.IndexListExpr:
			receiver = t.X
		case *ast.Ident:
			return t.Name + "." + f.Name.Name
		default:
			return f.Name.Name
		}
	}
}

func complexity(f *ast.FuncDecl) int {
	count := 1
	ast.Inspect(f, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			count++
		case *ast.CaseClause:
			if n.List != nil {
				count++
			}
		case *ast.CommClause:
			if n.Comm != nil {
				count++
			}
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				count++
			}
		}
		return true
	})
	return count
}
