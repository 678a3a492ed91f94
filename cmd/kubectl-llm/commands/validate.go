package commands

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newValidate(streams genericiooptions.IOStreams) *cobra.Command {
	var in input
	var output string
	var strict bool
	names := make([]string, 0, len(report.Formats))
	usage := make([]string, 0, len(report.Formats))
	for _, format := range report.Formats {
		names = append(names, format.Name)
		usage = append(usage, fmt.Sprintf("%s (%s)", format.Name, format.Description))
	}
	cmd := &cobra.Command{
		Use:   "validate [-f] FILE...",
		Short: "Say of manifests what admission would say, with line and column",
		Long: "Check OllamaDeployments as the API server and the operator's webhooks would on creation: unknown fields,\n" +
			"the schema, the defaults, and every rule, all findings at once. Objects of other kinds are passed over, so\n" +
			"that the output of kustomize and Helm can be given as it is.\n\n" +
			"The exit status is 0 if everything would be accepted, 1 if something would be refused, and 2 if the command\n" +
			"line is wrong, a file cannot be read, or there is nothing to check.",
		Example: `  # A file, and all files below a folder
  kubectl llm validate -f models.yaml
  kubectl llm validate -R -f deploy/

  # What kustomize or Helm makes
  kubectl kustomize overlays/prod | kubectl llm validate -f -

  # For GitHub's code scanning
  kubectl llm validate -R -f deploy/ -o sarif`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, arguments []string) error {
			format, err := report.FormatNamed(output)
			if err != nil {
				return usageError{err}
			}
			_, found, err := in.check(arguments, streams)
			if err != nil {
				return err
			}
			if err := format.Write(streams.Out, found, terminal.WantsColor(streams.Out)); err != nil {
				return fmt.Errorf("printing: %w", err)
			}
			if err := in.checkedSome(found); err != nil {
				return err
			}
			return outcome(found, strict)
		},
	}
	in.bind(cmd)
	in.bindOptions(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", names[0], "Output format: "+strings.Join(usage, "; ")+".")
	cmd.Flags().BoolVar(&strict, "warnings-as-errors", false, "Let warnings count for the exit status.")
	completeWith(cmd, "output", names)
	return cmd
}

// completeWith offers the values of a flag.
func completeWith(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
}
