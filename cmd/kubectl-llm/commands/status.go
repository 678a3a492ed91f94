// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
)

func newStatus(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	s := statusOptions{streams: streams}
	cmd := &cobra.Command{
		Use:   "status NAME",
		Short: "Show the status of an OllamaDeployment, and why it is not ready",
		Long: "Print the phase of an OllamaDeployment, the reasons why it is not ready, its components, its models and its\n" +
			"conditions. With --watch, the pace of pulls and the remaining time are estimated, and only the models are printed\n" +
			"again while nothing else changes.\n" +
			"NAME may also be that of an object of the deprecated kind, Deployment of llm.geeper.io.",
		Example: `  # Show the status of an object
  kubectl llm status my-models

  # Watch the status in another namespace
  kubectl llm status my-models -n ai-models --watch`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := newObjectClient(flags, rest.NoWarnings{})
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return s.run(ctx, c, args[0])
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeNames(cmd.Context(), flags), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags.AddFlags(cmd.Flags())
	cmd.Flags().BoolVarP(&s.watch, "watch", "w", false, "Watch for changes and print the status after each, until interrupted.")
	return cmd
}

// completeNames returns the names of the namespace's objects for shell completion, and none
// if they cannot be listed.
func completeNames(ctx context.Context, flags *genericclioptions.ConfigFlags) []string {
	c, err := newObjectClient(flags, rest.NoWarnings{})
	if err != nil {
		return nil
	}
	list, err := c.list(ctx)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(list.Items))
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	return names
}

type statusOptions struct {
	streams genericiooptions.IOStreams
	watch   bool
}

// run prints the status once, or after every change until the context is done.
func (s statusOptions) run(ctx context.Context, c *objectClient, name string) error {
	d, err := c.get(ctx, name)
	if err != nil {
		return err
	}
	printer := statusPrinter{out: s.streams.Out}
	if s.watch {
		printer.pace = &status.Pace{}
	}
	if err := printer.print(d, time.Now()); err != nil || !s.watch {
		return err
	}
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, d.ResourceVersion, objectWatcher{c, resource, name})
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	defer watcher.Stop()
	for event := range watcher.ResultChan() {
		switch d, ok := event.Object.(*v1alpha1.OllamaDeployment); {
		case event.Type == watch.Deleted:
			return fmt.Errorf("OllamaDeployment %q was deleted", name)
		case event.Type == watch.Error:
			return fmt.Errorf("watching: %w", apierrors.FromObject(event.Object))
		case ok:
			if err := printer.print(d, time.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}
