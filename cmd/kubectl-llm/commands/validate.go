// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/preflight"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newValidate(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	var output string
	var strict, checkRegistry bool
	names := make([]string, 0, len(report.Formats))
	usage := make([]string, 0, len(report.Formats))
	for _, format := range report.Formats {
		names = append(names, format.Name)
		usage = append(usage, fmt.Sprintf("%s (%s)", format.Name, format.Description))
	}
	cmd := &cobra.Command{
		Use:   "validate [-f] FILE...",
		Short: "Validate manifests offline, with line and column",
		Long: "Validate OllamaDeployments as the API server and the operator's webhooks would on creation: unknown fields,\n" +
			"schema, defaults and all rules. All findings are reported at once. Objects of other kinds are skipped, so\n" +
			"the output of kustomize and Helm can be piped in.\n\n" +
			"With --check-registry, the registries are asked whether they have the models of valid objects, and whether the\n" +
			"models fit into resources.requests.storage and resources.limits.memory. HTTPS_PROXY, HTTP_PROXY, NO_PROXY and\n" +
			"SSL_CERT_FILE of the environment apply. A registry that cannot be reached is an error.\n\n" +
			"The exit status is 0 if all objects are valid, 1 if an object is invalid or a check failed, and 2 if the command line is\n" +
			"wrong, a file cannot be read or parsed, or there is no OllamaDeployment.",
		Example: `  # Validate a file, or all files in a directory and its subdirectories
  kubectl llm validate -f models.yaml
  kubectl llm validate -R -f deploy/

  # Validate the output of kustomize or Helm
  kubectl kustomize overlays/prod | kubectl llm validate -f -

  # Write SARIF for GitHub code scanning
  kubectl llm validate -R -f deploy/ -o sarif

  # Ask the registries about the models, too
  kubectl llm validate -f models.yaml --check-registry`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := report.FormatByName(output)
			if err != nil {
				return usageError{err}
			}
			objects, result, err := in.check(args, streams)
			if err != nil {
				return err
			}
			if checkRegistry {
				if result.Findings, err = askRegistries(cmd.Context(), objects, result.Findings); err != nil {
					return err
				}
			}
			if err := format.Write(streams.Out, result, terminal.ColorEnabled(streams.Out)); err != nil {
				return fmt.Errorf("printing: %w", err)
			}
			if err := in.requireObjects(result); err != nil {
				return err
			}
			return exitError(result, strict)
		},
	}
	in.addFlags(cmd)
	in.addOperatorFlags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", names[0], "Output format. One of: "+strings.Join(usage, "; ")+".")
	cmd.Flags().BoolVar(&strict, "warnings-as-errors", false, "Exit with status 1 if there are warnings.")
	cmd.Flags().BoolVar(&checkRegistry, "check-registry", false, "Ask the registries whether the models exist and fit. They are the hosts that the manifests name.")
	completeWith(cmd, "output", names)
	return cmd
}

// askRegistries returns the findings with those of asking the registries about the models of valid objects.
func askRegistries(ctx context.Context, objects []checkedObject, findings []check.Finding) ([]check.Finding, error) {
	client, err := preflight.NewClient()
	if err != nil {
		return nil, usageError{err}
	}
	var valid []preflight.Object
	for _, o := range objects {
		if !o.Rejected() {
			valid = append(valid, preflight.Object{Object: o.Object, OllamaDeployment: o.Defaulted})
		}
	}
	return preflight.Check(ctx, client, valid, findings), nil
}

// completeWith registers the values for shell completion of a flag.
func completeWith(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
}
