// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// manifestFlags defines the flags of commands that read manifests, and reads the manifests.
type manifestFlags struct {
	names     []string
	recursive bool
	// allowEmpty makes commands succeed without any input.
	allowEmpty bool
	opts       validation.Options
}

func (f *manifestFlags) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.names, "filename", "f", nil, "File or directory that contains the manifests, or - for standard input. Can be repeated; files can also be passed as arguments.")
	flags.BoolVarP(&f.recursive, "recursive", "R", false, "Process directories recursively.")
	flags.BoolVar(&f.allowEmpty, "allow-empty", false, "Succeed if there is nothing to process.")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json") // fails for unknown flags only
}

// addOperatorFlags adds the flags that have to match those of the operator.
func (f *manifestFlags) addOperatorFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.opts.AllowHostPath, "allow-host-path", false, "Validate for an operator that runs with --allow-host-path.")
	flags.BoolVar(&f.opts.AllowServiceAccounts, "allow-service-accounts", false, "Validate for an operator that runs with --allow-service-accounts.")
	flags.BoolVar(&f.opts.AllowPrivilegedPods, "allow-privileged-pods", false, "Validate for an operator that runs with --allow-privileged-pods.")
	flags.Var(&f.opts.AllowedIngressHosts, "allowed-ingress-hosts", "Validate for an operator that runs with --allowed-ingress-hosts.")
	flags.Var(&f.opts.AllowedIngressAnnotations, "allowed-ingress-annotations", "Validate for an operator that runs with --allowed-ingress-annotations.")
}

// read reads the files of --filename and the arguments, one at a time. Its errors are usage
// errors.
func (f *manifestFlags) read(args []string, streams genericiooptions.IOStreams) iter.Seq2[manifest.File, error] {
	names := slices.Concat(f.names, args)
	return func(yield func(manifest.File, error) bool) {
		if len(names) == 0 {
			yield(manifest.File{}, usageError{errors.New("no files specified; use -f FILE, or -f - for standard input")})
			return
		}
		for file, err := range manifest.ReadFiles(names, f.recursive, streams.In) {
			if err != nil {
				err = usageError{err}
			}
			if !yield(file, err) {
				return
			}
		}
	}
}

// A checkedObject is an OllamaDeployment with the result of validating it.
type checkedObject struct {
	manifest.Object
	check.Result
}

// check validates all objects of the files. It returns the OllamaDeployments, valid or not.
func (f *manifestFlags) check(args []string, streams genericiooptions.IOStreams) ([]checkedObject, report.Report, error) {
	checker, err := check.New(f.opts)
	if err != nil {
		return nil, report.Report{}, err
	}
	out := report.Report{Version: version()}
	var objects []checkedObject
	for file, err := range f.read(args, streams) {
		if err != nil {
			return nil, report.Report{}, err
		}
		var findings []check.Finding
		parsed, parseErrs := manifest.Parse(file)
		for _, err := range parseErrs {
			findings = append(findings, check.ParseErrorFinding(err))
		}
		for _, o := range parsed {
			result := checker.Check(o)
			if result.Skipped {
				out.Skipped++
				continue
			}
			objects = append(objects, checkedObject{o, result})
			out.Objects = append(out.Objects, report.Object{File: o.File, Name: check.DisplayName(o), Position: o.Position()})
			findings = append(findings, result.Findings...)
		}
		check.Sort(findings)
		out.Findings = append(out.Findings, findings...)
	}
	return objects, out, nil
}

// requireObjects fails if the files have no OllamaDeployment, which in CI is mostly caused by
// a wrong path.
func (f *manifestFlags) requireObjects(r report.Report) error {
	if f.allowEmpty || len(r.Objects) > 0 || len(r.Findings) > 0 {
		return nil
	}
	return usageError{errors.New("no OllamaDeployment found; use --allow-empty to allow that")}
}

// accepted returns the OllamaDeployments of the files if all are valid. Otherwise it prints
// the errors and fails.
func (f *manifestFlags) accepted(args []string, streams genericiooptions.IOStreams) ([]checkedObject, error) {
	objects, r, err := f.check(args, streams)
	if err != nil {
		return nil, err
	}
	if err := f.requireObjects(r); err != nil {
		return nil, err
	}
	return objects, printErrors(streams, r)
}

// printErrors prints the findings that are errors, and returns the command's error if there
// are any.
func printErrors(streams genericiooptions.IOStreams, r report.Report) error {
	r.Findings = slices.DeleteFunc(r.Findings, func(f check.Finding) bool { return f.Level != check.Error })
	if len(r.Findings) == 0 {
		return nil
	}
	if err := report.Formats[0].Write(streams.ErrOut, r, terminal.ColorEnabled(streams.ErrOut)); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return exitError(r, false)
}

// exitError returns the error that sets the exit status after the findings are printed.
func exitError(r report.Report, warningsAsErrors bool) error {
	parseErrs := slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Rule == check.RuleParseError })
	switch {
	case parseErrs:
		return errParse
	case r.Count(check.Error) > 0, warningsAsErrors && r.Count(check.Warning) > 0:
		return errInvalid
	default:
		return nil
	}
}
