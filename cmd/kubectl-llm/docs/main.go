// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command docs generates the Markdown reference of kubectl-llm, for "make generate".
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: docs DIRECTORY"))
	}
	// The default of --cache-dir must not depend on the home directory of whoever generates.
	if err := os.Setenv("HOME", "$HOME"); err != nil {
		fail(err)
	}
	if err := doc.GenMarkdownTree(commands.New(genericiooptions.NewTestIOStreamsDiscard()), os.Args[1]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "docs:", err)
	os.Exit(1)
}
