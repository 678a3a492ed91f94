package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// writeJUnit prints a test suite a file and a test case an object. What cannot be read
// is an error of the case that stands for the file.
func writeJUnit(w io.Writer, r Report, _ bool) error {
	suites := junit.Testsuites{Name: "kubectl llm validate"}
	of := map[Object][]check.Finding{}
	for _, f := range r.Findings {
		o := Object{File: f.File, Name: f.Object, At: f.ObjectAt}
		of[o] = append(of[o], f)
	}
	names := caseNames(r.Objects)
	cases := map[string][]junit.Testcase{}
	for _, o := range r.Objects {
		cases[o.File] = append(cases[o.File], testcase(o, names[o], of[o]))
	}
	for _, file := range files(r) {
		name := terminal.Plain(file)
		suite := junit.Testsuite{Name: name, File: name, Time: "0"}
		for _, c := range cases[file] {
			suite.AddTestcase(c)
		}
		for _, f := range of[Object{File: file}] {
			suite.AddTestcase(junit.Testcase{Name: "readable", Classname: name, Error: result(check.Error, []string{place(f)})})
		}
		suites.AddSuite(suite)
	}
	return suites.WriteXML(w)
}

// caseNames are the objects' names, with the place of those that share one with another
// of their file: CI systems take cases of one name for runs of one test.
func caseNames(objects []Object) map[Object]string {
	sharing := map[Object]int{}
	for _, o := range objects {
		sharing[Object{File: o.File, Name: o.Name}]++
	}
	names := map[Object]string{}
	for _, o := range objects {
		names[o] = o.Name
		if sharing[Object{File: o.File, Name: o.Name}] > 1 {
			names[o] = fmt.Sprintf("%s at %d:%d", o.Name, o.At.Line, o.At.Column)
		}
	}
	return names
}

func testcase(o Object, name string, found []check.Finding) junit.Testcase {
	lines := map[check.Level][]string{}
	for _, f := range found {
		lines[f.Level] = append(lines[f.Level], place(f))
	}
	c := junit.Testcase{Name: terminal.Plain(name), Classname: terminal.Plain(o.File)}
	if errs := lines[check.Error]; len(errs) > 0 {
		c.Failure = result(check.Error, errs)
	}
	if warnings := lines[check.Warning]; len(warnings) > 0 {
		c.SystemOut = &junit.Output{Data: strings.Join(warnings, "\n")}
	}
	return c
}

func result(level check.Level, lines []string) *junit.Result {
	return &junit.Result{Message: count(len(lines), string(level)), Type: string(level), Data: strings.Join(lines, "\n")}
}

func place(f check.Finding) string {
	return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, terminal.Plain(f.Text()))
}

// files are the names of the files that something is known of, in their order.
func files(r Report) []string {
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
