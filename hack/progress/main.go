// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command progress runs go build and go test and reports their progress, because both may print
// nothing for minutes.
//
//	progress build -label NAME [-C DIR] [-o FILE] [-ldflags FLAGS] PACKAGE...
//	progress test [-timeout D] PACKAGE...
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// reportInterval separates two progress reports.
const reportInterval = 15 * time.Second

func main() {
	err := errors.New("the first argument must be \"build\" or \"test\"")
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "build":
			err = runBuild(os.Args[2:])
		case "test":
			err = runTest(os.Args[2:])
		}
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "progress:", err)
		os.Exit(2)
	}
}

func runBuild(args []string) error {
	flags := flag.NewFlagSet("build", flag.ExitOnError)
	b := build{}
	flags.StringVar(&b.label, "label", "build", "prefix of the progress reports")
	flags.StringVar(&b.dir, "C", ".", "directory of the module")
	output := flags.String("o", "", "output file or directory")
	ldflags := flags.String("ldflags", "", "flags for the linker")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b.packages = flags.Args()
	if *output != "" {
		b.flags = append(b.flags, "-o", *output)
	}
	if *ldflags != "" {
		b.flags = append(b.flags, "-ldflags", *ldflags)
	}
	return b.run()
}

func runTest(args []string) error {
	flags := flag.NewFlagSet("test", flag.ExitOnError)
	timeout := flags.Duration("timeout", 40*time.Minute, "timeout for the tests of a package")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := build{label: "tests", dir: ".", test: true, packages: flags.Args()}
	if err := b.run(); err != nil {
		return err
	}
	return runTests(*timeout, flags.Args())
}

// reportPeriodically calls f after each reportInterval until stop is called.
func reportPeriodically(f func(elapsed time.Duration)) (stop func()) {
	start, done := time.Now(), make(chan struct{})
	ticker := time.NewTicker(reportInterval)
	go func() {
		for {
			select {
			case <-ticker.C:
				f(time.Since(start).Round(time.Second))
			case <-done:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
	}
}
