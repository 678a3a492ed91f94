package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/status"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
)

func newStatus(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	s := statusOptions{streams: streams}
	cmd := &cobra.Command{
		Use:   "status NAME",
		Short: "Show the state of an object on a cluster, and what holds it",
		Long: "Print the phase of an OllamaDeployment, what keeps it from being ready, its components and its conditions.\n" +
			"One that stands for a Deployment of llm.geeper.io has that one's name.",
		Example: `  kubectl llm status my-models
  kubectl llm status my-models -n ai-models --watch`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, arguments []string) error {
			c, namespace, err := connect(flags)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return s.run(ctx, c, client.ObjectKey{Namespace: namespace, Name: arguments[0]})
		},
		ValidArgsFunction: func(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return names(cmd.Context(), flags), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags.AddFlags(cmd.Flags())
	cmd.Flags().BoolVarP(&s.watch, "watch", "w", false, "Show every change, until interrupted.")
	return cmd
}

type statusOptions struct {
	streams genericiooptions.IOStreams
	watch   bool
}

// connect makes a client for the cluster of the flags, and tells their namespace.
func connect(flags *genericclioptions.ConfigFlags) (client.WithWatch, string, error) {
	namespace, _, err := flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config, err := flags.ToRESTConfig()
	if err != nil {
		return nil, "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.WarningHandler = rest.NoWarnings{} // it only reads
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, "", fmt.Errorf("building the scheme: %w", err)
	}
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, "", fmt.Errorf("connecting to the cluster: %w", err)
	}
	return c, namespace, nil
}

// names are those of the namespace's objects; none if they cannot be had.
func names(ctx context.Context, flags *genericclioptions.ConfigFlags) []string {
	c, namespace, err := connect(flags)
	if err != nil {
		return nil
	}
	var list v1alpha1.OllamaDeploymentList
	if c.List(ctx, &list, client.InNamespace(namespace)) != nil {
		return nil
	}
	out := make([]string, 0, len(list.Items))
	for i := range list.Items {
		out = append(out, list.Items[i].Name)
	}
	return out
}

func (s statusOptions) run(ctx context.Context, c client.WithWatch, key client.ObjectKey) error {
	d, err := get(ctx, c, key)
	if err != nil {
		return err
	}
	if err := s.print(d); err != nil || !s.watch {
		return err
	}
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, d.ResourceVersion, oneObject{c, key})
	if err != nil {
		return fmt.Errorf("watching: %w", err)
	}
	defer watcher.Stop()
	for event := range watcher.ResultChan() {
		switch d, ok := event.Object.(*v1alpha1.OllamaDeployment); {
		case event.Type == watch.Deleted:
			return fmt.Errorf("OllamaDeployment %q was deleted", key.Name)
		case event.Type == watch.Error:
			return fmt.Errorf("watching: %w", apierrors.FromObject(event.Object))
		case ok:
			fmt.Fprintln(s.streams.Out)
			if err := s.print(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s statusOptions) print(d *v1alpha1.OllamaDeployment) error {
	if err := status.Write(s.streams.Out, d, time.Now(), terminal.WantsColor(s.streams.Out)); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// get reads the object. Where there is none but one in the older spelling of the kind,
// that one says why.
func get(ctx context.Context, c client.Client, key client.ObjectKey) (*v1alpha1.OllamaDeployment, error) {
	d := &v1alpha1.OllamaDeployment{}
	err := c.Get(ctx, key, d)
	if apierrors.IsNotFound(err) {
		alias := &v1alpha1.Deployment{}
		if c.Get(ctx, key, alias) == nil {
			return alias.AsOllamaDeployment(), nil
		}
	}
	if err != nil {
		var known apierrors.APIStatus
		if errors.As(err, &known) {
			return nil, err // the API server's own words
		}
		return nil, fmt.Errorf("reading OllamaDeployment %q: %w", key.Name, err)
	}
	return d, nil
}

// oneObject watches a single object.
type oneObject struct {
	client client.WithWatch
	key    client.ObjectKey
}

// WatchWithContext implements cache.WatcherWithContext.
func (o oneObject) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, o.key.Name).String()
	return o.client.Watch(ctx, &v1alpha1.OllamaDeploymentList{}, &client.ListOptions{Namespace: o.key.Namespace, Raw: &options})
}
