// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// writeJUnit prints one test suite per file and one test case per object. Parse errors are
// test cases of their file.
func writeJUnit(w io.Writer, r Report, _ bool) error {
	suites := junit.Testsuites{Name: "kubectl llm validate"}
	findingsOf := map[Object][]check.Finding{}
	for _, f := range r.Findings {
		o := Object{File: f.File, Name: f.Object, Position: f.ObjectAt}
		findingsOf[o] = append(findingsOf[o], f)
	}
	names := caseNames(r.Objects)
	cases := map[string][]junit.Testcase{}
	for _, o := range r.Objects {
		cases[o.File] = append(cases[o.File], testcase(o, names[o], findingsOf[o]))
	}
	for _, file := range fileNames(r) {
		name := terminal.EscapeLine(file)
		suite := junit.Testsuite{Name: name, File: name, Time: "0"}
		for _, c := range cases[file] {
			suite.AddTestcase(c)
		}
		for _, f := range findingsOf[Object{File: file}] {
			suite.AddTestcase(junit.Testcase{Name: "parse", Classname: name, Error: result(check.Error, []string{describe(f)})})
		}
		suites.AddSuite(suite)
	}
	return suites.WriteXML(w)
}

// caseNames returns a unique name per object of a file: those that share a name get their
// position appended. CI systems take cases of the same name for runs of one test.
func caseNames(objects []Object) map[Object]string {
	uses := map[Object]int{}
	for _, o := range objects {
		uses[Object{File: o.File, Name: o.Name}]++
	}
	names := map[Object]string{}
	for _, o := range objects {
		names[o] = o.Name
		if uses[Object{File: o.File, Name: o.Name}] > 1 {
			names[o] = fmt.Sprintf("%s at %d:%d", o.Name, o.Position.Line, o.Position.Column)
		}
	}
	return names
}

func testcase(o Object, name string, found []check.Finding) junit.Testcase {
	lines := map[check.Level][]string{}
	for _, f := range found {
		lines[f.Level] = append(lines[f.Level], describe(f))
	}
	c := junit.Testcase{Name: terminal.EscapeLine(name), Classname: terminal.EscapeLine(o.File)}
	if errs := lines[check.Error]; len(errs) > 0 {
		c.Failure = result(check.Error, errs)
	}
	if warnings := lines[check.Warning]; len(warnings) > 0 {
		c.SystemOut = &junit.Output{Data: strings.Join(warnings, "\n")}
	}
	return c
}

func result(level check.Level, lines []string) *junit.Result {
	return &junit.Result{Message: plural(len(lines), string(level)), Type: string(level), Data: strings.Join(lines, "\n")}
}

func describe(f check.Finding) string {
	return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, terminal.EscapeLine(f.Text()))
}

// fileNames returns the names of the files with objects or findings, in order.
func fileNames(r Report) []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, o := range r.Objects {
		add(o.File)
	}
	for _, f := range r.Findings {
		add(f.File)
	}
	return names
}
