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

// An event is a line of go test -json, as go doc test2json describes it.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string
	Elapsed                       float64
}

// tests counts what go test reports. Its mutex guards it against the ticker.
type tests struct {
	mu                      sync.Mutex
	passed, failed, skipped int
	packages, total         int
	running                 string
	output                  map[string]string
}

// runTests runs the tests of the packages. It prints a line a package when it is
// done, and the output of what failed.
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
	t := &tests{total: len(strings.Fields(string(listed))), output: map[string]string{}}
	stop := every(t.show)
	defer stop()
	if err := t.read(stdout); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	err = cmd.Wait()
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	return err
}

func (t *tests) read(r io.Reader) error {
	for events := json.NewDecoder(r); ; {
		var e event
		switch err := events.Decode(&e); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading go test's output: %w", err)
		}
		t.mu.Lock()
		t.take(e)
		t.mu.Unlock()
	}
}

func (t *tests) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "run":
		t.running = e.Test
	case "output":
		t.output[key] += e.Output
	case "build-output":
		fmt.Print(e.Output)
	case "pass", "fail", "skip":
		t.end(e, key)
	}
}

// end counts a test, or ends a package, whose event has no test.
func (t *tests) end(e event, key string) {
	output := t.output[key]
	delete(t.output, key)
	if e.Action == "fail" {
		fmt.Print(output)
	}
	if e.Test == "" {
		t.packages++
		if e.Action != "skip" {
			fmt.Printf("%s\t%s\t%.1fs (%d of %d packages)\n", map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action], e.Package, e.Elapsed, t.packages, t.total)
		}
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
	case "skip":
		t.skipped++
		fmt.Print(output)
	}
}

func (t *tests) show(elapsed time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Printf("tests: %d of %d packages, %d tests done, at %s, %s\n", t.packages, t.total, t.passed+t.failed+t.skipped, t.running, elapsed)
}
