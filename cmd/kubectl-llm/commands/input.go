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
	// fixes makes check set the fixes of findings, which takes longer.
	fixes bool
	// stored returns the objects that those of the files change, for which they are validated as updates; nil if
	// all are new.
	stored func(*check.Checker) (storedObjects, error)
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

// readOnce fails if standard input is named more than once, because the second reader would get nothing.
func readOnce(names ...[]string) error {
	all := slices.Concat(names...)
	if first := slices.Index(all, manifest.Stdin); first >= 0 && slices.Contains(all[first+1:], manifest.Stdin) {
		return errors.New("standard input (" + manifest.Stdin + ") can be read only once")
	}
	return nil
}

// A checkedObject is an OllamaDeployment with the result of validating it.
type checkedObject struct {
	manifest.Object
	check.Result
}

// check validates all objects of the files. It returns the OllamaDeployments, valid or not.
func (f *manifestFlags) check(args []string, streams genericiooptions.IOStreams) ([]checkedObject, report.Report, error) {
	var objects []checkedObject
	out, err := f.report(args, streams, func(checked []checkedObject) { objects = append(objects, checked...) })
	return objects, out, err
}

// report validates all objects of the files, and calls do with the OllamaDeployments of each document, valid or not.
func (f *manifestFlags) report(args []string, streams genericiooptions.IOStreams, do func([]checkedObject)) (report.Report, error) {
	out := report.Report{Version: version()}
	for d, err := range f.documents(args, streams) {
		if err != nil {
			return report.Report{}, err
		}
		d.addTo(&out)
		do(d.objects)
	}
	return out, nil
}

// asNew returns a function that validates objects as new ones.
func asNew(checker *check.Checker) func(manifest.Object) (check.Result, error) {
	return func(o manifest.Object) (check.Result, error) { return checker.Check(o), nil }
}

// checkUpdate validates the object as an update of the stored one, if there is one.
func checkUpdate(checker *check.Checker, o manifest.Object, objects storedObjects) (check.Result, error) {
	if !check.IsOllamaDeployment(o) {
		return checker.Check(o), nil
	}
	stored, err := objects.find(o)
	if err != nil {
		return check.Result{}, err
	}
	return checker.CheckUpdate(o, stored), nil
}

// requireObjects fails if the files have no OllamaDeployment, which in CI is mostly caused by
// a wrong path.
func (f *manifestFlags) requireObjects(s report.Summary) error {
	if f.allowEmpty || s.Objects > 0 || s.Errors > 0 || s.Warnings > 0 {
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
	if err := f.requireObjects(r.Summary()); err != nil {
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
	return exitError(r.Summary(), false)
}

// exitError returns the error that sets the exit status after the findings are printed.
func exitError(s report.Summary, warningsAsErrors bool) error {
	switch {
	case s.Unparsable > 0:
		return errParse
	case s.Errors > 0, warningsAsErrors && s.Warnings > 0:
		return errInvalid
	default:
		return nil
	}
}
