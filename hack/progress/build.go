// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// A build compiles packages of the module in dir. With test it compiles the dependencies of their
// tests instead, and links nothing.
type build struct {
	label, dir string
	flags      []string
	test       bool
	packages   []string
}

func (b build) run() error {
	start := time.Now()
	packages, err := b.dependencies()
	if err != nil {
		return err
	}
	args := append([]string{"build", "-v"}, b.flags...)
	if b.test {
		args = append(args, packages...)
	} else {
		args = append(args, b.packages...)
	}
	var compiled atomic.Int32
	err = b.runGo(args, io.Discard, &compiled, func(elapsed time.Duration) {
		fmt.Printf("%s: %d of %d packages compiled, %s\n", b.label, compiled.Load(), len(packages), elapsed)
	})
	if err == nil {
		fmt.Printf("%s: built in %s, %d packages compiled, %d cached\n",
			b.label, time.Since(start).Round(time.Second), compiled.Load(), max(0, len(packages)-int(compiled.Load())))
	}
	return err
}

// dependencies downloads the modules that the build needs, and returns its packages.
func (b build) dependencies() ([]string, error) {
	args := []string{"list", "-deps"}
	if b.test {
		// Main packages would be linked, and packages that are recompiled for a test have names
		// that go build does not accept.
		args = append(args, "-test", "-f", `{{if and .GoFiles (not (or .Standard .ForTest (eq .Name "main")))}}{{.ImportPath}}{{end}}`)
	}
	var out bytes.Buffer
	var downloaded atomic.Int32
	err := b.runGo(append(args, b.packages...), &out, &downloaded, func(elapsed time.Duration) {
		fmt.Printf("%s: %d modules downloaded, %s\n", b.label, downloaded.Load(), elapsed)
	})
	return strings.Fields(out.String()), err
}

// runGo runs the go command and counts the lines of stderr that name a module it downloads or a
// package it compiles. Other lines are printed.
func (b build) runGo(args []string, stdout io.Writer, count *atomic.Int32, report func(time.Duration)) error {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stdout = b.dir, stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := reportPeriodically(report)
	defer stop()
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "go: downloading ") || !strings.ContainsAny(line, " \t") {
			count.Add(1)
			continue
		}
		fmt.Fprintln(os.Stderr, line)
	}
	return cmd.Wait()
}
