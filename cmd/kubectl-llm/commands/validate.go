// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/registrycheck"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newValidate(streams genericiooptions.IOStreams) *cobra.Command {
	var in manifestFlags
	flags := genericclioptions.NewConfigFlags(true)
	var output, against string
	var strict, checkRegistry bool
	var policies policyFlags
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
			"With --policy, the ValidatingAdmissionPolicies in files are evaluated for valid objects as the API server would,\n" +
			"with the bindings, parameters and namespaces (for their labels) in the same files. The user of the requests is\n" +
			"kubectl-llm, which has no rights.\n\n" +
			"With --against, objects are validated as kubectl apply would update them: changes that an update does not allow\n" +
			"are errors, and what is wrong with the stored object already, in fields that stay the same, is a warning.\n\n" +
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
  kubectl llm validate -f models.yaml --check-registry

  # Evaluate the policies of the cluster, too
  kubectl llm validate -f models.yaml --policy policies/ --namespace team-a

  # Validate as an update of what is stored in the cluster, or of an earlier version of the file
  kubectl llm validate -f models.yaml --against cluster
  git show main:models.yaml >earlier.yaml && kubectl llm validate -f models.yaml --against earlier.yaml`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := report.FormatByName(output)
			if err != nil {
				return usageError{err}
			}
			if err := readOnce(in.names, args, []string{against}, policies.names); err != nil {
				return usageError{err}
			}
			in.fixes = format.Fixes
			if against == againstCluster {
				if err := askCapabilities(flags, &in.opts); err != nil {
					return err
				}
			}
			if against != "" {
				in.stored = func(checker *check.Checker) (storedObjects, error) {
					return newStored(cmd.Context(), against, checker, streams.In, flags)
				}
			}
			needsObjects := checkRegistry || len(policies.names) > 0
			if format.Line != nil && !needsObjects && in.streamable(args) {
				return in.print(args, streams, format, strict)
			}
			var objects []checkedObject
			result, err := in.report(args, streams, func(checked []checkedObject) {
				if needsObjects {
					objects = append(objects, checked...)
				}
			})
			if err != nil {
				return err
			}
			if checkRegistry {
				if result.Findings, err = askRegistries(cmd.Context(), objects, result.Findings); err != nil {
					return err
				}
			}
			if len(policies.names) > 0 {
				if policies.namespace, err = namespaceOfPolicies(flags, against); err != nil {
					return err
				}
				if result.Findings, err = policies.evaluate(cmd.Context(), objects, result.Findings, in.recursive, streams.In); err != nil {
					return err
				}
			}
			if err := format.Write(streams.Out, result, terminal.ColorEnabled(streams.Out)); err != nil {
				return fmt.Errorf("printing: %w", err)
			}
			return in.exitError(result.Summary(), strict)
		},
	}
	in.addFlags(cmd)
	in.addOperatorFlags(cmd)
	policies.addFlags(cmd)
	flags.AddFlags(cmd.Flags())
	cmd.Flags().StringVar(&against, "against", "", "Validate as an update: "+againstUsage)
	cmd.Flags().StringVarP(&output, "output", "o", names[0], "Output format. One of: "+strings.Join(usage, "; ")+".")
	cmd.Flags().BoolVar(&strict, "warnings-as-errors", false, "Exit with status 1 if there are warnings.")
	cmd.Flags().BoolVar(&checkRegistry, "check-registry", false, "Ask the registries whether the models exist and fit. They are the hosts that the manifests name.")
	completeWith(cmd, "output", names)
	return cmd
}

// streamable reports whether all errors can be known before the first finding is printed.
func (f *manifestFlags) streamable(args []string) bool {
	names := slices.Concat(f.names, args)
	return f.stored == nil && (len(names) == 1 || !slices.Contains(names, manifest.Stdin))
}

// streamGCPercent is the growth of the heap between collections while documents are validated one by one: little is
// alive then, so that a collection for each of its size would take a fifth of the time.
const streamGCPercent = 200

// print prints the findings as they are found, so that not all have to be in memory, and the summary.
func (f *manifestFlags) print(args []string, streams genericiooptions.IOStreams, format report.Format, strict bool) error {
	if err := manifest.CheckFiles(slices.Concat(f.names, args), f.recursive); err != nil {
		return usageError{err}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(streamGCPercent)
	}
	var summary report.Summary
	line := format.Line(terminal.ColorEnabled(streams.Out))
	out := bufio.NewWriter(streams.Out)
	for d, err := range f.documents(args, streams) {
		if err != nil {
			return err
		}
		summary.Objects += len(d.objects)
		summary.Skipped += d.skipped
		summary.Count(d.findings)
		for _, finding := range d.findings {
			if _, err := out.WriteString(line(finding)); err != nil {
				return fmt.Errorf("printing: %w", err)
			}
		}
	}
	fmt.Fprintln(out, summary)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return f.exitError(summary, strict)
}

// exitError returns the error that sets the exit status after the findings are printed. No object at all is one.
func (f *manifestFlags) exitError(s report.Summary, strict bool) error {
	if err := f.requireObjects(s); err != nil {
		return err
	}
	return exitError(s, strict)
}

// namespaceOfPolicies returns the namespace of objects that have none: with a cluster, that of its configuration.
func namespaceOfPolicies(flags *genericclioptions.ConfigFlags, against string) (string, error) {
	if against != againstCluster {
		return cmp.Or(*flags.Namespace, metav1.NamespaceDefault), nil
	}
	namespace, _, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return namespace, nil
}

// askRegistries returns the findings with those of asking the registries about the models of valid objects.
func askRegistries(ctx context.Context, objects []checkedObject, findings []check.Finding) ([]check.Finding, error) {
	client, err := registrycheck.NewClient()
	if err != nil {
		return nil, usageError{err}
	}
	var valid []registrycheck.Object
	for _, o := range objects {
		if !o.Rejected() {
			valid = append(valid, registrycheck.Object{Object: o.Object, OllamaDeployment: o.Defaulted})
		}
	}
	return registrycheck.Check(ctx, client, valid, findings), nil
}

// completeWith registers the values for shell completion of a flag.
func completeWith(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
}
