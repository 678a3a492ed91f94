// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/preflight"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/render"
)

func newPreflight(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	r := preflightRequest{streams: streams}
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Say what this version of the operator would do with all objects of a cluster",
		Long: "Hold this version against all OllamaDeployments of the cluster, or of one namespace with -n, before it is installed:\n" +
			"what its admission refuses, tolerates on updates and warns of; which defaults it adds; which children it changes, and\n" +
			"which pods restart; and whether the change of the CustomResourceDefinitions is safe. Nothing is written.\n" +
			"Give it the flags with which the new version is going to run.\n\n" +
			"An error is tolerated if the object has it already: a create of the same object is refused. An object is refused\n" +
			"if even an update of other fields would be. Objects of which there is nothing to say are only counted.\n\n" +
			"The exit status is 1 if an object is refused or loses a field, if the change of a CustomResourceDefinition is not\n" +
			"safe, if a reason of --fail-on applies, or if the cluster cannot be read, 2 if the command line is wrong, and\n" +
			"otherwise 0.",
		Example: `  # Before an upgrade
  kubectl llm preflight

  # In a pipeline, fail if pods restart, too
  kubectl llm preflight --fail-on restart -o json

  # In one namespace, without rights on CustomResourceDefinitions
  kubectl llm preflight -n team-a --crds=false`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.parse(cmd.Flags().Changed("namespace"), *flags.Namespace); err != nil {
				return usageError{err}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return r.run(ctx, flags)
		},
	}
	flags.AddFlags(cmd.Flags())
	cmd.Flags().Lookup("namespace").Usage = "If present, the only namespace to read; otherwise all are."
	r.operator.addOperatorFlags(cmd)
	cmd.Flags().StringVar(&r.options.OperatorNamespace, "operator-namespace", v1alpha1.OperatorNamespace,
		"Namespace of the operator's pods, which network policies let reach Ollama; empty for an operator that runs outside of the cluster.")
	cmd.Flags().StringVarP(&r.output, "output", "o", "", "Output format: json or yaml.")
	cmd.Flags().BoolVar(&r.crds, "crds", true, "Compare the installed CustomResourceDefinitions with those of this version.")
	cmd.Flags().BoolVar(&r.warnings, "show-warnings", false, "Print the warnings, too.")
	cmd.Flags().StringSliceVar(&r.failOn, "fail-on", nil, "Exit with status 1 also for objects with tolerated errors (tolerated), with pods that restart (restart), that change or whose children change (change), or with warnings (warning). Can be repeated.")
	completeWith(cmd, "output", structuredOutputs)
	completeWith(cmd, "fail-on", reasonNames())
	return cmd
}

func reasonNames() []string {
	names := make([]string, 0, len(preflight.Reasons))
	for _, reason := range preflight.Reasons {
		names = append(names, string(reason))
	}
	return names
}

// A preflightRequest is a parsed command line of "preflight".
type preflightRequest struct {
	streams  genericiooptions.IOStreams
	operator manifestFlags
	options  render.Options
	output   string
	crds     bool
	warnings bool
	failOn   []string
	reasons  []preflight.Reason
	// namespace is the only one that is read; "" means all.
	namespace string
}

func (r *preflightRequest) parse(oneNamespace bool, namespace string) error {
	if r.output != "" && !slices.Contains(structuredOutputs, r.output) {
		return fmt.Errorf("unknown output format %q, must be one of %q", r.output, structuredOutputs)
	}
	for _, name := range r.failOn {
		reason := preflight.Reason(name)
		if !slices.Contains(preflight.Reasons, reason) {
			return fmt.Errorf("unknown reason %q of --fail-on, must be one of %q", name, preflight.Reasons)
		}
		r.reasons = append(r.reasons, reason)
		r.warnings = r.warnings || reason == preflight.Warning
	}
	if oneNamespace {
		r.namespace = namespace
	}
	return nil
}

func (r *preflightRequest) run(ctx context.Context, flags *genericclioptions.ConfigFlags) error {
	if err := askCapabilities(flags, &r.operator.opts); err != nil {
		return err
	}
	admission, err := check.New(r.operator.opts)
	if err != nil {
		return err
	}
	reader := storeReader{flags: fast(flags), namespace: r.namespace}
	result := preflight.Report{Version: version(), CRDs: []preflight.CRD{}, Objects: []preflight.Object{}}
	if r.crds {
		if result.CRDs, err = reader.compareCRDs(ctx); err != nil {
			return err
		}
	}
	if err := reader.check(ctx, preflight.New(admission, r.options), result.Add); err != nil {
		return err
	}
	if err := r.print(r.streams.Out, &result); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	if result.Fails(r.reasons) {
		return errInvalid
	}
	return nil
}

// print prints the report in the output format.
func (r *preflightRequest) print(w io.Writer, result *preflight.Report) error {
	if r.output == "" {
		return result.WriteText(w, r.warnings, terminal.ColorEnabled(w))
	}
	data, err := json.Marshal(result)
	if err != nil {
		return err
	}
	return writeObject(w, 0, data, r.output)
}
