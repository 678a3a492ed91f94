// Package commands has the commands of kubectl-llm.
package commands

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

// Exit statuses.
const (
	// ExitRefused: an object would be refused, or a cluster did not answer.
	ExitRefused = 1
	// ExitUsage: the command line is wrong, or a file cannot be read.
	ExitUsage = 2
)

// errRefused ends a command whose findings are printed already.
var errRefused = errors.New("refused")

// errUnreadable ends a command whose findings are printed already, one of them about
// a text that cannot be read.
var errUnreadable = errors.New("unreadable")

// A usageError is about the command line or a file.
type usageError struct{ error }

// Run runs a command line and returns its exit status.
func Run(args []string, streams genericiooptions.IOStreams) int {
	root := New(streams)
	root.SetArgs(args)
	err := root.Execute()
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUnreadable):
		return ExitUsage
	case errors.Is(err, errRefused):
		return ExitRefused
	case errors.As(err, &usage):
		printError(streams.ErrOut, err)
		return ExitUsage
	default:
		printError(streams.ErrOut, err)
		return ExitRefused
	}
}

// printError prints a line an error, those of several files among it. An error may
// repeat what stands in a file, on a command line or on a cluster.
func printError(w io.Writer, err error) {
	if usage, ok := err.(usageError); ok { //nolint:errorlint // the outermost alone
		err = usage.error
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			printError(w, one)
		}
		return
	}
	fmt.Fprintln(w, "error:", terminal.Plain(err.Error()))
}

// New is the command with all its commands.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-llm",
		Short: "Check, complete, render and watch OllamaDeployments",
		Long: "kubectl llm is the LLM Operator's admission without a cluster: it says of a manifest what the API server\n" +
			"would say, with the line and the column, shows the object with its defaults and what would be made of it,\n" +
			"and rewrites older spellings. Of an object on a cluster it shows the state, and what holds it.",
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors:              true,
		SilenceUsage:               true,
		DisableAutoGenTag:          true,
		SuggestionsMinimumDistance: 2, // mistyped letters
		Annotations:                map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl llm"},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newValidate(streams), newDefault(streams), newRender(streams), newMigrate(streams), newStatus(streams), newVersion(streams),
	)
	return root
}

// knownCommand refuses what is left of a command line when no command was found in it.
func knownCommand(cmd *cobra.Command, given []string) error {
	if len(given) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q", given[0])
	if suggestions := cmd.SuggestionsFor(given[0]); len(suggestions) > 0 {
		message += fmt.Sprintf("; did you mean %q?", suggestions[0])
	}
	return usageError{errors.New(message)}
}

// args makes mistakes in the number of arguments mistakes in usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := check(cmd, given); err != nil {
			return usageError{fmt.Errorf("%w; see %q", err, cmd.CommandPath()+" --help")}
		}
		return nil
	}
}
