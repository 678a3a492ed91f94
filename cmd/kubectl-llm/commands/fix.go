// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/fix"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newFix(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	var write, diff bool
	cmd := &cobra.Command{
		Use:   "fix [-f] FILE...",
		Short: "Apply what the messages of validate suggest to manifests",
		Long: "Correct the errors that validate reports and for which it suggests one correction: misspelled fields, values and\n" +
			"kinds, models without a tag, images with a tag, units, URLs in place of hosts, missing and superfluous quotes.\n" +
			"Comments, order and layout are preserved. A correction is applied only if it leaves fewer errors and no new\n" +
			"ones, and if nothing else in the file changes its meaning; review it, because a suggestion is a guess.\n" +
			"Deprecated fields are not errors: migrate replaces them.\n\n" +
			"Corrections and the errors that remain are printed to standard error, corrections with their position in the\n" +
			"file as it was. A file is replaced atomically. Several files are printed as one YAML stream, each with a comment\n" +
			"that names the file.\n\n" +
			"The exit status is that of validate afterwards: 0 if all objects are valid, 1 if errors remain, and 2 if the\n" +
			"command line is wrong, a file cannot be read or parsed, or there is no OllamaDeployment.",
		Example: `  # Show what would change
  kubectl llm fix -f models.yaml --diff

  # Correct all files in a directory in place
  kubectl llm fix -R -f deploy/ --write`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			if write && diff {
				return usageError{errors.New("--write and --diff exclude each other")}
			}
			return in.fix(args, streams, write, diff)
		},
	}
	in.addFlags(cmd)
	in.addOperatorFlags(cmd)
	cmd.Flags().BoolVarP(&write, "write", "w", false, "Write the result to the files instead of printing it.")
	cmd.Flags().BoolVar(&diff, "diff", false, "Print the changes as a unified diff instead of the whole files.")
	return cmd
}

// fix corrects all files, and prints the corrections and the errors that remain.
func (f *manifestFlags) fix(args []string, streams genericiooptions.IOStreams, write, diff bool) error {
	checker, err := check.New(f.opts)
	if err != nil {
		return err
	}
	fixer := fix.New(checker)
	out := report.Report{Version: version()}
	var unwritten []manifest.File
	var errs []error
	read := 0
	for file, err := range f.read(args, streams) {
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		read++
		result := fixer.File(file)
		fixed := manifest.File{Name: file.Name, Data: result.Data}
		errs = append(errs, printChanges(streams.ErrOut, result.Changes))
		switch {
		case diff:
			errs = append(errs, writeFileDiff(streams.Out, file, fixed))
		case write && file.Name != manifest.Stdin:
			errs = append(errs, writeRewritten(streams.ErrOut, file, fixed.Data))
		default:
			unwritten = append(unwritten, fixed)
		}
		errs = append(errs, checkFile(checker, fixed, &out))
	}
	errs = append(errs, printFiles(streams.Out, unwritten, read > 1))
	return errors.Join(append(errs, f.requireObjects(out.Summary()), printErrors(streams, out))...)
}

// printChanges prints a line for each edit.
func printChanges(w io.Writer, changes []check.Finding) error {
	var out bytes.Buffer
	for _, c := range changes {
		for _, e := range c.Edits {
			fmt.Fprintf(&out, "%s:%d:%d: fixed: %s\n", terminal.EscapeLine(c.File), c.Line, c.Column, terminal.EscapeLine(e.String()))
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// writeFileDiff prints the difference between the file and the corrected file.
func writeFileDiff(w io.Writer, file, fixed manifest.File) error {
	if bytes.Equal(file.Data, fixed.Data) {
		return nil
	}
	name := terminal.EscapeLine(file.Name)
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: diffLines(string(file.Data)), FromFile: name,
		B: diffLines(string(fixed.Data)), ToFile: name,
		Context: 3,
	})
	if err != nil {
		return fmt.Errorf("comparing %s: %w", file.Name, err)
	}
	return writeText(w, []byte(text))
}

// diffLines returns the lines of a text for a diff that patch accepts.
func diffLines(text string) []string {
	lines := slices.Collect(strings.Lines(text))
	if last := len(lines) - 1; last >= 0 && !strings.HasSuffix(text, "\n") {
		lines[last] += "\n\\ No newline at end of file\n"
	}
	return lines
}
