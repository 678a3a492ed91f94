// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/ollama/sshkey"
)

func newIdentity(streams genericiooptions.IOStreams) *cobra.Command {
	flags := genericclioptions.NewConfigFlags(true)
	cmd := &cobra.Command{
		Use:   "identity NAME",
		Short: "Print the public SSH key by which Ollama is known to registries",
		Long: "Print the public half of the key in the Secret of ollama.identitySecretRef, as one line that registries accept:\n" +
			"https://huggingface.co/settings/keys and https://ollama.com/settings/keys. The private half is read with your\n" +
			"permissions, and not printed.\n" +
			"NAME may also be that of an object of the deprecated kind, Deployment of llm.geeper.io.",
		Example: `  # Print the key of an object
  kubectl llm identity my-models -n ai-models`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			objects, err := newObjectClient(flags, rest.NoWarnings{})
			if err != nil {
				return err
			}
			core, err := newRESTClient(flags, "/api", corev1.SchemeGroupVersion, corev1.AddToScheme, rest.NoWarnings{})
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			d, err := objects.get(ctx, args[0])
			if err != nil {
				return err
			}
			return printIdentity(ctx, streams.Out, core, objects.namespace, d)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeNames(cmd.Context(), flags), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags.AddFlags(cmd.Flags())
	return cmd
}

// printIdentity prints the public key of the object's Secret, with the namespace and name of the object as its
// comment. It is derived from the private key, which is the one that Ollama uses.
func printIdentity(ctx context.Context, w io.Writer, core rest.Interface, namespace string, d *v1alpha1.OllamaDeployment) error {
	ref := d.Spec.Ollama.IdentitySecretRef
	if ref == nil {
		return fmt.Errorf("%q has no ollama.identitySecretRef, and so each of its pods has a key of its own; "+
			"set identitySecretRef: {name: %s, create: true} to have the operator make a lasting one", d.Name, v1alpha1.ChildName(d.Name, "identity"))
	}
	what := fmt.Sprintf("Secret %q of ollama.identitySecretRef", ref.Name)
	secret := &corev1.Secret{}
	err := core.Get().Namespace(namespace).Resource("secrets").Name(ref.Name).Do(ctx).Into(secret)
	var status apierrors.APIStatus
	switch {
	case apierrors.IsNotFound(err) && ptr.Deref(ref.Create, v1alpha1.DefaultIdentityCreate):
		return fmt.Errorf("%s does not exist yet; \"kubectl llm status %s\" shows what the operator does", what, d.Name)
	case apierrors.IsNotFound(err):
		return fmt.Errorf("%s does not exist; create it with a private key in %s, or set create: true", what, v1alpha1.IdentityKey)
	case err != nil && !errors.As(err, &status):
		return fmt.Errorf("reading %s: %w", what, err)
	case err != nil:
		return err
	}
	line, err := sshkey.PublicKey(secret.Data[v1alpha1.IdentityKey], namespace+"/"+d.Name)
	if err != nil {
		return fmt.Errorf("%s cannot be used: %s %w", what, v1alpha1.IdentityKey, err)
	}
	_, err = fmt.Fprintln(w, line)
	return err
}
