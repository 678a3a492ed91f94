// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package commands implements the commands of kubectl-llm.
package commands

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Exit statuses.
const (
	// ExitInvalid means that an object is invalid, or that a request to the cluster failed. As the status of "plan" it
	// means that something changes.
	ExitInvalid = 1
	// ExitUsage means that the command line is wrong, or that a file cannot be read or parsed.
	ExitUsage = 2
)

// errInvalid is returned after findings are printed, if objects are invalid.
var errInvalid = errors.New("invalid objects")

// errParse is returned after findings are printed, if documents cannot be parsed.
var errParse = errors.New("parse error")

// A usageError is caused by the command line or a file; its exit status is ExitUsage.
type usageError struct{ error }

// Run runs kubectl-llm with the arguments and returns the exit status: 0, ExitInvalid or
// ExitUsage.
func Run(args []string, streams genericiooptions.IOStreams) int {
	root := New(streams)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return 0
	}
	printError(streams.ErrOut, err)
	var usage usageError
	if errors.Is(err, errParse) || errors.Is(err, errRefused) || errors.As(err, &usage) {
		return ExitUsage
	}
	return ExitInvalid
}

// printError prints one line per error, joined errors included, but none for those that are returned after findings
// or plans are printed. Errors may contain untrusted text, which is escaped.
func printError(w io.Writer, err error) {
	if slices.Contains([]error{errParse, errRefused, errInvalid, errDiffers}, err) {
		return
	}
	if usage, ok := err.(usageError); ok { //nolint:errorlint // only the outermost
		err = usage.error
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			printError(w, err)
		}
		return
	}
	fmt.Fprintln(w, "error:", terminal.EscapeLine(err.Error()))
}

// New returns the root command with all subcommands.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-llm",
		Short: "Validate, default, render, inspect and change OllamaDeployments",
		Long: "kubectl llm runs the LLM Operator's admission offline: it validates manifests, with line and column, and corrects\n" +
			"them, prints objects with all defaults and the objects that the operator would create, and replaces deprecated\n" +
			"fields.\n" +
			"It also shows what an apply and what an upgrade of the operator would do, and the status of an OllamaDeployment on a\n" +
			"cluster, explains who or what set its values, lists and changes its models, prints the public half of its key, and\n" +
			"packs models into images.",
		Args:                       rejectUnknownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors:              true,
		SilenceUsage:               true,
		DisableAutoGenTag:          true,
		SuggestionsMinimumDistance: 2,
		Annotations:                map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl llm"},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newValidate(streams), newDefault(streams), newRender(streams), newMigrate(streams), newFix(streams), newStatus(streams), newWhy(streams),
		newPlan(streams), newPreflight(streams), newModels(streams), newIdentity(streams), newPack(streams), newVersion(streams),
	)
	return root
}

// rejectUnknownCommand fails if the command line has an unknown command, and suggests the
// nearest one.
func rejectUnknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q", args[0])
	if suggestions := cmd.SuggestionsFor(args[0]); len(suggestions) > 0 {
		message += fmt.Sprintf("; did you mean %q?", suggestions[0])
	}
	return usageError{errors.New(message)}
}

// usageArgs turns the errors of an argument validator into usage errors.
func usageArgs(validate cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := validate(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w; see %q", err, cmd.CommandPath()+" --help")}
		}
		return nil
	}
}
