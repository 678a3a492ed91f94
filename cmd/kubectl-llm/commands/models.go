// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/models"
)

// Actions of "models NAME".
const (
	actionList    = "list"
	actionPull    = "pull"
	actionRemove  = "rm"
	actionRefresh = "refresh"
)

// changes are the actions that change an object.
var changes = []string{actionPull, actionRemove, actionRefresh}

func newModels(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	var r modelsRequest
	cmd := &cobra.Command{
		Use:   "models NAME [pull MODEL... | rm MODEL... | refresh]",
		Short: "List and change the models of an OllamaDeployment",
		Long: "List the models of an OllamaDeployment, or change them:\n\n" +
			"- pull adds models to ollama.models;\n" +
			"- rm takes models out of it. The operator deletes them from the pods within minutes, unless\n" +
			"  ollama.modelRemovalPolicy is Keep or they were there before they were listed;\n" +
			"- refresh has all models pulled again whose tags have moved.\n\n" +
			"The changes are made to the object, and the operator carries them out. No pod of Ollama is restarted;\n" +
			"Tabby's are if the changed list gives it another model. NAME may also be that of an object of the deprecated kind,\n" +
			"Deployment of llm.geeper.io, which is changed in place of the OllamaDeployment that it maintains. A hint on standard error says if the object is applied from files, which have to be changed, too.",
		Example: `  # List the models
  kubectl llm models my-models

  # Add a model, and wait until all pods have it
  kubectl llm models my-models pull llama3:8b --wait --timeout=1h

  # Check what admission says about removing one
  kubectl llm models my-models rm llama2:7b --dry-run=server

  # Pull all models again whose tags have moved
  kubectl llm models my-models refresh

  # Print the names of the models
  kubectl llm models my-models -o name`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.parse(args); err != nil {
				return usageError{err}
			}
			c, err := newObjectClient(flags, &warningPrinter{out: streams.ErrOut})
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return r.run(ctx, c, streams)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return completeModels(cmd.Context(), flags, args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags.AddFlags(cmd.Flags())
	r.addFlags(cmd)
	return cmd
}

// A modelsRequest is a parsed command line of "models".
type modelsRequest struct {
	name, action string
	models       []v1alpha1.OllamaModel
	output       string
	dryRun       string
	wait         bool
	timeout      time.Duration
}

func (r *modelsRequest) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&r.output, "output", "o", "", "Output format of the list: wide, name, json or yaml.")
	cmd.Flags().StringVar(&r.dryRun, "dry-run", "none", "\"none\", or \"server\" to have the API server check the change without storing it.")
	cmd.Flags().BoolVar(&r.wait, "wait", false, "Wait until the change is carried out in all pods, and fail if a model cannot be pulled.")
	cmd.Flags().DurationVar(&r.timeout, "timeout", 0, "How long to wait with --wait, for example 30m. Zero waits without limit.")
	completeWith(cmd, "output", modelsOutputs)
	completeWith(cmd, "dry-run", []string{"none", "server"})
}

// modelsOutputs are the output formats of the list, besides the table.
var modelsOutputs = []string{"wide", "name", "json", "yaml"}

// parse parses the arguments and checks the flags.
func (r *modelsRequest) parse(args []string) error {
	r.name, r.action = args[0], actionList
	if len(args) > 1 {
		r.action = args[1]
	}
	names := args[min(2, len(args)):]
	switch {
	case r.action != actionList && !slices.Contains(changes, r.action):
		if slices.Contains(changes, r.name) {
			return fmt.Errorf("the name comes first: \"kubectl llm models %s %s\"", r.action, r.name)
		}
		return fmt.Errorf("unknown action %q, must be one of %q", r.action, changes)
	case len(names) == 0 && (r.action == actionPull || r.action == actionRemove):
		return fmt.Errorf("no models specified; use \"kubectl llm models %s %s MODEL...\"", r.name, r.action)
	case len(names) > 0 && (r.action == actionList || r.action == actionRefresh):
		return fmt.Errorf("%s takes no models, but got %q", r.action, names)
	}
	var err error
	if r.models, err = models.Parse(names); err != nil {
		return err
	}
	return r.checkFlags()
}

func (r *modelsRequest) checkFlags() error {
	switch {
	case r.action != actionList && r.output != "":
		return fmt.Errorf("--output is for the list of models, not for %s", r.action)
	case r.output != "" && !slices.Contains(modelsOutputs, r.output):
		return fmt.Errorf("unknown output format %q, must be one of %q", r.output, modelsOutputs)
	case r.dryRun != "none" && r.dryRun != "server":
		return fmt.Errorf("--dry-run=%s is not supported, must be none or server", r.dryRun)
	case r.action == actionList && (r.wait || r.dryRun != "none"):
		return fmt.Errorf("--wait and --dry-run need one of %q", changes)
	case r.wait && r.dryRun != "none":
		return errors.New("--wait cannot be used with --dry-run=server")
	case r.timeout < 0 || r.timeout > 0 && !r.wait:
		return errors.New("--timeout must not be negative, and needs --wait")
	}
	return nil
}

func (r *modelsRequest) run(ctx context.Context, c *objectClient, streams genericiooptions.IOStreams) error {
	switch r.action {
	case actionList:
		d, err := c.get(ctx, r.name)
		if err != nil {
			return err
		}
		return r.list(streams.Out, d)
	case actionRefresh:
		return r.refresh(ctx, c, streams)
	default:
		return r.edit(ctx, c, streams)
	}
}

// completeModels completes the name, the action and, for rm, the listed models.
func completeModels(ctx context.Context, flags *genericclioptions.ConfigFlags, args []string) []string {
	switch {
	case len(args) == 0:
		return completeNames(ctx, flags)
	case len(args) == 1:
		return changes
	case args[1] == actionRemove:
		return completeListed(ctx, flags, args[0], args[2:])
	default:
		return nil
	}
}
