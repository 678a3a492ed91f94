// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command kubectl-llm is a kubectl plugin that validates, defaults, renders and migrates
// OllamaDeployments offline, and shows their status and changes their models on a cluster.
package main

import (
	"os"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/commands"
)

func main() {
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	os.Exit(commands.Run(os.Args[1:], streams))
}
