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
	"github.com/geeper-io/llm-operator/webhooks"
)

// input are the flags of the commands that read manifests.
type input struct {
	names     []string
	recursive bool
	// allowEmpty accepts that nothing is given to work on.
	allowEmpty bool
	opts       webhooks.Options
}

func (i *input) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&i.names, "filename", "f", nil, "File or folder with manifests, or - for the standard input. May be repeated, and given as arguments too.")
	flags.BoolVarP(&i.recursive, "recursive", "R", false, "Read the folders below a folder as well.")
	flags.BoolVar(&i.allowEmpty, "allow-empty", false, "Accept that there is no OllamaDeployment in what is given.")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json") // fails for unknown flags only
}

func (i *input) bindOptions(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&i.opts.AllowHostPath, "allow-host-path", false, "Check for an operator that runs with --allow-host-path.")
	flags.Var(&i.opts.AllowedIngressHosts, "allowed-ingress-hosts", "Check for an operator that runs with --allowed-ingress-hosts.")
	flags.Var(&i.opts.AllowedIngressAnnotations, "allowed-ingress-annotations", "Check for an operator that runs with --allowed-ingress-annotations.")
}

// read reads the files one after the other, those given as arguments too.
func (i *input) read(arguments []string, streams genericiooptions.IOStreams) iter.Seq2[manifest.File, error] {
	names := slices.Concat(i.names, arguments)
	return func(yield func(manifest.File, error) bool) {
		if len(names) == 0 {
			yield(manifest.File{}, usageError{errors.New("no files are given; name some with -f, or - for the standard input")})
			return
		}
		for file, err := range manifest.ReadFiles(names, i.recursive, streams.In) {
			if err != nil {
				err = usageError{err}
			}
			if !yield(file, err) {
				return
			}
		}
	}
}

// A checked object is one of ours, with what is known of it.
type checked struct {
	manifest.Object
	check.Result
}

// check checks every object of the files.
func (i *input) check(arguments []string, streams genericiooptions.IOStreams) ([]checked, report.Report, error) {
	checker, err := check.New(i.opts)
	if err != nil {
		return nil, report.Report{}, err
	}
	out := report.Report{Version: version()}
	var ours []checked
	for file, err := range i.read(arguments, streams) {
		if err != nil {
			return nil, report.Report{}, err
		}
		var findings []check.Finding
		objects, unreadable := manifest.Parse(file)
		for _, err := range unreadable {
			findings = append(findings, check.Unreadable(err))
		}
		for _, o := range objects {
			result := checker.Check(o)
			if !result.Ours {
				out.PassedOver++
				continue
			}
			ours = append(ours, checked{o, result})
			out.Objects = append(out.Objects, report.Object{File: o.File, Name: check.NameOf(o), At: o.Position()})
			findings = append(findings, result.Findings...)
		}
		check.Sort(findings)
		out.Findings = append(out.Findings, findings...)
	}
	return ours, out, nil
}

// checkedSome fails if there was nothing to check: in CI that mostly is a wrong path.
func (i *input) checkedSome(found report.Report) error {
	if i.allowEmpty || len(found.Objects) > 0 || len(found.Findings) > 0 {
		return nil
	}
	return usageError{errors.New("no OllamaDeployment is given; --allow-empty allows that")}
}

// admitted are the objects of the files, all of which have to be admitted. What is
// wrong with them is printed.
func (i *input) admitted(arguments []string, streams genericiooptions.IOStreams) ([]checked, error) {
	objects, found, err := i.check(arguments, streams)
	if err != nil {
		return nil, err
	}
	if err := i.checkedSome(found); err != nil {
		return nil, err
	}
	return objects, printErrors(streams, found)
}

// printErrors prints what is refused, and nothing else.
func printErrors(streams genericiooptions.IOStreams, found report.Report) error {
	found.Findings = slices.DeleteFunc(found.Findings, func(f check.Finding) bool { return f.Level != check.Error })
	if len(found.Findings) == 0 {
		return nil
	}
	if err := report.Formats[0].Write(streams.ErrOut, found, terminal.WantsColor(streams.ErrOut)); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return outcome(found, false)
}

// outcome is the error of a command whose findings are printed.
func outcome(found report.Report, warningsAsErrors bool) error {
	unreadable := slices.ContainsFunc(found.Findings, func(f check.Finding) bool { return f.Rule == check.RuleUnreadable })
	switch {
	case unreadable:
		return errUnreadable
	case found.Count(check.Error) > 0, warningsAsErrors && found.Count(check.Warning) > 0:
		return errRefused
	default:
		return nil
	}
}
