// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command recording runs a command, and writes what it prints as an animated SVG of a terminal, which browsers play
// without a script:
//
//	recording -title TITLE -o FILE COMMAND [ARGUMENT ...]
//
// Pauses are shortened or extended, so that people can read what happens. The working directory is written as "~",
// because a recording is published. It fails, and writes nothing, if the command fails.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"time"
)

// maxLine limits the length of a line in bytes.
const maxLine = 1 << 20

func main() {
	log.SetFlags(0)
	title := flag.String("title", "", "What the recording shows, for those who cannot see it.")
	file := flag.String("o", "", "The SVG file to write.")
	flag.Parse()
	if *title == "" || *file == "" || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*title, *file, flag.Args()); err != nil {
		log.Fatalf("recording: %v", err)
	}
}

func run(title, file string, command []string) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	lines, err := record(command, os.Stdout)
	if err != nil {
		return err
	}
	svg := draw(title, schedule(lines, dir))
	return os.WriteFile(file, []byte(svg), 0o644) //nolint:gosec // a picture, which the group and others may read
}

// A line is one that a command has printed.
type line struct {
	// at is the time since the command was started.
	at   time.Duration
	text string
}

// record runs a command, and returns the lines of its standard output and error, which it also copies to out.
func record(command []string, out io.Writer) ([]line, error) {
	reader, writer := io.Pipe()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = writer, writer
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		_ = writer.Close()
	}()
	var lines []line
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		lines = append(lines, line{time.Since(start), scanner.Text()})
		_, _ = fmt.Fprintln(out, scanner.Text())
	}
	// A command that prints more must not wait for a reader.
	_ = reader.Close()
	return lines, errors.Join(scanner.Err(), <-ended)
}
