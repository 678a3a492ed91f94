// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// An event is a line of the output of go test -json.
//
// Source: go doc test2json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string
	Elapsed                       float64
}

// testProgress counts packages and tests. The mutex guards it against concurrent reports.
type testProgress struct {
	mu                      sync.Mutex
	passed, failed, skipped int
	packages, total         int
	running                 string
	output                  map[string]string
}

// runTests runs the tests of the packages. It prints one line per finished package, and the output
// of tests that failed or were skipped.
func runTests(timeout time.Duration, packages []string) error {
	listed, err := exec.Command("go", append([]string{"list"}, packages...)...).Output()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"test", "-json", "-count=1", "-timeout", timeout.String()}, packages...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	p := &testProgress{total: len(strings.Fields(string(listed))), output: map[string]string{}}
	stop := reportPeriodically(p.report)
	defer stop()
	if err := p.read(stdout); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	err = cmd.Wait()
	fmt.Printf("%d passed, %d failed, %d skipped\n", p.passed, p.failed, p.skipped)
	return err
}

func (p *testProgress) read(r io.Reader) error {
	for events := json.NewDecoder(r); ; {
		var e event
		switch err := events.Decode(&e); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading go test's output: %w", err)
		}
		p.mu.Lock()
		p.add(e)
		p.mu.Unlock()
	}
}

func (p *testProgress) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "run":
		p.running = e.Test
	case "output":
		p.output[key] += e.Output
	case "build-output":
		fmt.Print(e.Output)
	case "pass", "fail", "skip":
		p.finish(e, key)
	}
}

// finish counts a finished test or package. Events of packages have no test.
func (p *testProgress) finish(e event, key string) {
	output := p.output[key]
	delete(p.output, key)
	if e.Action == "fail" {
		fmt.Print(output)
	}
	if e.Test == "" {
		p.packages++
		if e.Action != "skip" {
			fmt.Printf("%s\t%s\t%.1fs (%d of %d packages)\n", map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action], e.Package, e.Elapsed, p.packages, p.total)
		}
		return
	}
	switch e.Action {
	case "pass":
		p.passed++
	case "fail":
		p.failed++
	case "skip":
		p.skipped++
		fmt.Print(output)
	}
}

func (p *testProgress) report(elapsed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Printf("tests: %d of %d packages, %d tests done, at %s, %s\n", p.packages, p.total, p.passed+p.failed+p.skipped, p.running, elapsed)
}
