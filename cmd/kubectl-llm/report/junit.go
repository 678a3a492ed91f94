package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
)

// writeJUnit prints a test suite a file and a test case an object. What cannot be read
// is an error of the case that stands for the file.
func writeJUnit(w io.Writer, r Report, _ bool) error {
	suites := junit.Testsuites{Name: "kubectl llm validate"}
	for _, file := range files(r) {
		suite := junit.Testsuite{Name: file, File: file, Time: "0"}
		for _, o := range r.Objects {
			if o.File == file {
				suite.AddTestcase(testcase(r, file, o.Name))
			}
		}
		for _, f := range r.Findings {
			if f.File == file && f.Object == "" {
				suite.AddTestcase(junit.Testcase{Name: "readable", Classname: file, Error: result(check.Error, []string{place(f)})})
			}
		}
		suites.AddSuite(suite)
	}
	return suites.WriteXML(w)
}

func testcase(r Report, file, object string) junit.Testcase {
	lines := map[check.Level][]string{}
	for _, f := range r.Findings {
		if f.File == file && f.Object == object {
			lines[f.Level] = append(lines[f.Level], place(f))
		}
	}
	c := junit.Testcase{Name: object, Classname: file}
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

func place(f check.Finding) string { return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Text()) }

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
