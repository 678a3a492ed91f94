// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command release makes all files of a release of the checkout, in a directory, and publishes nothing. The packages
// below it decide what is in the files; this one starts programs, reads and writes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	version := flag.String("version", "", "Version of the release, such as v0.1.0.")
	snapshot := flag.Bool("snapshot", false, "Accept a checkout with changes, and a version without a section in CHANGELOG.md.")
	out := flag.String("out", "dist/release", "Directory to write to. What is in it is deleted.")
	only := flag.String("only", "", "Comma-separated list of steps; empty means all: "+stepNames()+".")
	flag.Parse()
	if err := run(context.Background(), *version, *snapshot, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, version string, snapshot bool, out, only string) error {
	from, err := inspect(ctx)
	if err != nil {
		return err
	}
	planned, err := plan(version, snapshot, from)
	if err != nil {
		return err
	}
	selected, err := selectSteps(only)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	w := &work{release: planned, out: out, platforms: platforms}
	for _, step := range selected {
		start := time.Now()
		if err := step.do(w, ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("%-9s %4.0fs\n", step.name, time.Since(start).Seconds())
	}
	fmt.Println("wrote", out)
	return nil
}

// inspect returns the state of the checkout in the working directory. SOURCE_DATE_EPOCH takes the place of the time of
// the commit.
func inspect(ctx context.Context) (checkout, error) {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return checkout{}, err
	}
	status, err := output(ctx, nil, "git", "status", "--porcelain")
	if err != nil {
		return checkout{}, err
	}
	var changed []string
	for line := range strings.Lines(string(status)) {
		changed = append(changed, strings.TrimSpace(line[len("XY "):]))
	}
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		committed, err := output(ctx, nil, "git", "log", "-1", "--format=%ct")
		if err != nil {
			return checkout{}, err
		}
		epoch = strings.TrimSpace(string(committed))
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return checkout{}, fmt.Errorf("reading the time %q: %w", epoch, err)
	}
	return checkout{changelog: string(text), changed: changed, committed: time.Unix(seconds, 0).UTC()}, nil
}

// output runs a program with more variables in its environment and returns what it prints.
func output(ctx context.Context, environment []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return out, nil
}

// write writes a file below the output directory.
func (w *work) write(name string, data []byte) error {
	path := filepath.Join(w.out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644) //nolint:gosec // it is published
}
